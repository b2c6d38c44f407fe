// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/endpoint.hpp"
#include "common/escape.hpp"
#include "common/link_free_path.hpp"
#include "daemon/sandbox/refusal.hpp"
#include <algorithm>
#include <sys/stat.h>
#include <sys/un.h>

namespace isag::api {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t longest_host = 255;
constexpr std::size_t longest_path = sizeof(sockaddr_un::sun_path) - 1;

bool has_control(const std::string& text) {
    return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

[[noreturn]] void refuse_use(const std::string& why) { throw Error(why, {}, ErrorKind::usage); }

bool is_same_file(const fs::path& one, const fs::path& other) {
    struct stat a {};
    struct stat b {};
    if (::stat(one.c_str(), &a) != 0 || ::stat(other.c_str(), &b) != 0) return false;
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

fs::path resolved(const fs::path& path) {
    std::error_code error;
    auto out = fs::weakly_canonical(path, error);
    return error ? path.lexically_normal() : out;
}

// As the client dials it (open_link_free()): "/a/b.sock/" and "/a/b.sock/x/.." are "/a/b.sock" there, though not to the
// kernel.
fs::path as_dialled(const fs::path& path) {
    const fs::path normal = path.lexically_normal();
    return normal.has_filename() ? normal : normal.parent_path();
}

// At each connection the client follows none. Where nothing is there yet, something may come.
std::optional<Failure> refuse_link(const fs::path& path) {
    std::error_code error;
    if (!fs::exists(path, error)) return std::nullopt;
    const auto there = open_link_free(path);
    return there ? std::nullopt : std::optional(there.error());
}

}  // namespace

void check_endpoint(const proto::Endpoint& end, EndUse use) {
    if (!end.path.empty()) {
        if (!end.host.empty() || end.port != 0) refuse_use("an end has a path, or a host and a port, not both");
        if (!end.path.starts_with('/') || has_control(end.path))
            refuse_use("'" + escape_controls(end.path) + "' is not the absolute path of a socket");
        if (end.path.size() > longest_path) refuse_use(end.path + " is too long for a socket: at most 107 bytes");
        return;
    }
    const std::int64_t least = use == EndUse::listen ? 0 : 1;
    if (end.port < least || end.port > 65535)
        refuse_use(std::to_string(end.port) + " is no port: allowed are " + std::to_string(least) + " to 65535");
    if (end.host.size() > longest_host || has_control(end.host))
        refuse_use("'" + escape_controls(end.host.substr(0, longest_host)) + "' is no host");
}

std::optional<Failure> refuse_end(const proto::Endpoint& end, const std::vector<fs::path>& engine_sockets,
                                  const fs::path& runtime) {
    if (end.path.empty()) return std::nullopt;
    const fs::path named = as_dialled(end.path);
    const fs::path path = resolved(named);
    const auto is_it = [&](const fs::path& socket) {
        return path == resolved(socket) || is_same_file(named, socket) || is_same_file(end.path, socket);
    };
    const char* what = nullptr;
    if (std::any_of(engine_sockets.begin(), engine_sockets.end(), is_it)) what = " is a container engine's socket";
    if (sandbox::is_within(path, resolved(runtime)) || is_it(runtime / "isagd.sock")) what = " is isag's own";
    if (!what) return refuse_link(named);
    return Failure{end.path + what + ": whoever reaches it from a sandbox owns this machine",
                   "isag never leads a sandbox there"};
}

}  // namespace isag::api

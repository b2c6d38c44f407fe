// SPDX-License-Identifier: Apache-2.0
#include "daemon/lifetime.hpp"
#include "common/error.hpp"
#include "daemon/api/server.hpp"
#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <sys/file.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

namespace fs = std::filesystem;
namespace asio = boost::asio;

namespace isag {

namespace {

constexpr std::chrono::seconds handover_limit{8};  // less than a client waits for a daemon

bool somebody_listens(const fs::path& path) {
    asio::io_context context;
    asio::local::stream_protocol::socket socket(context);
    boost::system::error_code ec;
    socket.connect(asio::local::stream_protocol::endpoint(path.string()), ec);
    return !ec;
}

// One that does not listen is about to, or is ending: it is waited for.
bool lock_or_wait(const UniqueFd& lock, const fs::path& socket) {
    const auto until = std::chrono::steady_clock::now() + handover_limit;
    while (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        if (std::chrono::steady_clock::now() >= until || somebody_listens(socket)) return false;
        ::poll(nullptr, 0, 20);
    }
    return true;
}

// In that folder of the build tree, else where it is installed.
fs::path find_beside(const std::string& folder, const std::string& name, int access) {
    const fs::path here = fs::read_symlink("/proc/self/exe").parent_path();
    for (const fs::path& candidate : {here / folder / name, here / "../libexec/isag" / name})
        if (::access(candidate.c_str(), access) == 0) return fs::canonical(candidate);
    throw Error(name + " is missing", "install isag again: it belongs in ../libexec/isag beside the folder of isagd");
}

}  // namespace

UniqueFd lock_instance(const Directories& directories) {
    make_private_directory(directories.runtime);
    const fs::path path = directories.runtime / "isagd.lock";
    UniqueFd lock(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!lock) throw errno_error("cannot open " + path.string(), errno);
    if (!lock_or_wait(lock, directories.socket())) {
        char pid[16] = {};
        const ssize_t n = ::pread(lock.get(), pid, sizeof pid - 1, 0);
        throw Error("isagd runs already" + (n > 0 ? " (pid " + std::string(pid) + ")" : std::string()),
                    "isag talks to it; to start it anew: systemctl --user restart isagd, or kill it first");
    }
    const std::string pid = std::to_string(::getpid());
    if (::ftruncate(lock.get(), 0) != 0 || ::pwrite(lock.get(), pid.data(), pid.size(), 0) < 0)
        throw errno_error("cannot write " + path.string(), errno);
    return lock;
}

asio::local::stream_protocol::acceptor open_listener(asio::any_io_executor executor, const Directories& directories) {
    const int passed = ::sd_listen_fds(1);
    if (passed > 1) throw Error("systemd passed more than one socket", "check isagd.socket");
    if (passed == 1) {
        if (::sd_is_socket_unix(SD_LISTEN_FDS_START, SOCK_STREAM, 1, nullptr, 0) <= 0)
            throw Error("systemd passed no listening unix socket", "check isagd.socket");
        return {executor, asio::local::stream_protocol(), SD_LISTEN_FDS_START};
    }
    return api::listen_at(executor, directories.socket());
}

fs::path find_init_program() { return find_beside("init", "isag-init", X_OK); }

fs::path find_cover_program() { return find_beside("cover", "isag-cover", X_OK); }

fs::path find_gate_archive() { return find_beside("gate", "isag-gate.tar", R_OK); }

void tell_ready(int descriptor) {
    ::sd_notify(0, "READY=1\nSTATUS=serving");
    if (descriptor < 0) return;
    const UniqueFd waiting(descriptor);
    [[maybe_unused]] const ssize_t n = ::write(waiting.get(), "R", 1);
}

void tell_stopping() { ::sd_notify(0, "STOPPING=1"); }

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine/open.hpp"
#include "common/error.hpp"
#include "daemon/engine/http.hpp"
#include "daemon/engine/reply.hpp"
#include <cstdio>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>
#include <sys/utsname.h>

namespace asio = boost::asio;
using nlohmann::json;

namespace isag::engine {
namespace {

struct ApiVersion {
    int major = 0;
    int minor = 0;
    auto operator<=>(const ApiVersion&) const = default;
};
constexpr ApiVersion oldest{1, 41};  // Docker 20.10
constexpr ApiVersion newest{1, 51};  // Docker 28.3: the last one that was read through

ApiVersion parse_version(const std::string& text) {
    ApiVersion version;
    if (std::sscanf(text.c_str(), "%d.%d", &version.major, &version.minor) != 2) return {};
    return version;
}

std::string text_of(const ApiVersion& version) {
    return std::to_string(version.major) + "." + std::to_string(version.minor);
}

[[noreturn]] void throw_no_engine(const std::string& socket) {
    throw Error("what listens at " + socket + " is no container engine", "check DOCKER_HOST");
}

asio::awaitable<ApiVersion> negotiate(const std::string& socket) {
    const auto http = make_unix_http(socket, "");
    HttpRequest request{"GET", "/version"};
    const auto response = co_await http->send(std::move(request), std::chrono::seconds(10));
    const json reply = json::parse(response.body, nullptr, false);
    const bool named = reply.is_object() && reply.contains("ApiVersion") && reply["ApiVersion"].is_string();
    const std::string offered = named ? reply["ApiVersion"].get<std::string>() : std::string();
    const ApiVersion version = parse_version(offered);
    if (response.status != 200 || version == ApiVersion{}) throw_no_engine(socket);
    if (version < oldest)
        throw Error("the container engine at " + socket + " is too old: it speaks API " + offered + ", isag needs " +
                        text_of(oldest),
                    "Docker 20.10 and Podman 4 are new enough");
    co_return std::min(version, newest);
}

void check_kernel(const Info& info, const std::string& socket) {
    utsname here{};
    ::uname(&here);
    if (info.kernel == here.release) return;
    throw Error("the container engine at " + socket + " runs under another kernel (" + info.kernel + ", here " +
                    here.release + "), as in Docker Desktop's virtual machine",
                "isag needs an engine on this machine: install Docker Engine or Podman");
}

}  // namespace

asio::awaitable<OpenEngine> open_at(Candidate candidate) {
    const ApiVersion version = co_await negotiate(candidate.socket);
    auto engine = std::make_shared<Engine>(make_unix_http(candidate.socket, "/v" + text_of(version)));
    Info info;
    try {
        info = co_await engine->info();
    } catch (const NotUnderstood&) {
        throw_no_engine(candidate.socket);
    }
    OpenEngine open{engine, candidate.socket, std::move(info)};
    check_kernel(open.info, candidate.socket);
    spdlog::info("engine {} {} at {} (API {})", open.info.podman ? "podman" : "docker", open.info.version,
                 candidate.socket, text_of(version));
    co_return open;
}

}  // namespace isag::engine

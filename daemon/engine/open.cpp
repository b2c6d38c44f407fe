// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine/open.hpp"
#include "common/error.hpp"
#include "daemon/engine/http.hpp"
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>
#include <sys/utsname.h>
#include <unistd.h>

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
    } catch (const json::exception&) {
        throw_no_engine(candidate.socket);
    }
    OpenEngine open{engine, candidate.socket, std::move(info)};
    check_kernel(open.info, candidate.socket);
    spdlog::info("engine {} {} at {} (API {})", open.info.podman ? "podman" : "docker", open.info.version,
                 candidate.socket, text_of(version));
    co_return open;
}

EngineHolder::EngineHolder(std::string setting, Environment environment, Directories directories)
    : setting_(std::move(setting)), environment_(std::move(environment)), directories_(std::move(directories)) {}

EngineHolder::~EngineHolder() = default;

asio::awaitable<std::optional<OpenEngine>> EngineHolder::try_candidates(std::vector<Candidate> candidates,
                                                                        std::string& tried) {
    std::optional<Error> refusal;
    for (auto& candidate : candidates) {
        const bool only = candidates.size() == 1;
        if (!only && ::access(candidate.socket.c_str(), F_OK) != 0) {
            tried += "\n  " + candidate.socket + " (" + candidate.origin + "): no such socket";
            continue;
        }
        try {
            co_return co_await open_at(candidate);
        } catch (const Error& error) {
            tried += "\n  " + candidate.socket + " (" + candidate.origin + "): " + error.message();
            if (!refusal) refusal = error;
        }
    }
    if (candidates.size() == 1 && refusal) throw refusal->within(candidates[0].origin);
    if (refusal) throw *refusal;
    co_return std::nullopt;
}

asio::awaitable<OpenEngine> EngineHolder::start_podman() {
    const std::string socket = (directories_.runtime / "podman.sock").string();
    ::unlink(socket.c_str());
    ChildOptions options;
    options.argv = {"podman", "system", "service", "--time=0", "unix://" + socket};
    options.env = environment_;
    podman_ = std::make_unique<ChildProcess>(ChildProcess::start(options));
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (int tries = 0; tries < 100 && ::access(socket.c_str(), F_OK) != 0; ++tries) {
        timer.expires_after(std::chrono::milliseconds(50));
        co_await timer.async_wait(asio::use_awaitable);
    }
    Candidate candidate{socket, "podman system service"};
    co_return co_await open_at(candidate);
}

asio::awaitable<OpenEngine> EngineHolder::get() {
    while (!open_ && opening_) co_await opened_.wait();
    if (open_) co_return *open_;
    struct Opening {
        EngineHolder& holder;
        ~Opening() {
            holder.opening_ = false;
            holder.opened_.notify();
        }
    };
    opening_ = true;
    const Opening opening{*this};
    co_await open();
    co_return *open_;
}

asio::awaitable<void> EngineHolder::open() {
    std::string tried;
    auto candidates = find_candidates(setting_, environment_, directories_).value();
    auto found = co_await try_candidates(std::move(candidates), tried);
    std::optional<Error> no_podman;
    if (!found && setting_ != "podman") {
        try {
            found = co_await start_podman();
        } catch (const Error& error) {
            podman_.reset();
            no_podman = error;
        }
    }
    if (!found)
        throw Error("no container engine answers; tried:" + tried +
                        (no_podman ? "\n  podman system service: " + no_podman->message() : ""),
                    "install one (sudo apt install docker.io) or start it (sudo systemctl start docker)");
    open_ = std::move(found);
}

}  // namespace isag::engine

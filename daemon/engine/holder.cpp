// SPDX-License-Identifier: Apache-2.0
#include "common/error.hpp"
#include "daemon/engine/open.hpp"
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <csignal>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace asio = boost::asio;

namespace isag::engine {
namespace {

constexpr std::chrono::seconds podman_limit{20};
constexpr std::chrono::milliseconds podman_pause{20};

bool is_there(const std::string& socket) { return ::access(socket.c_str(), F_OK) == 0; }

// Somebody else's engine: no reason not to use one's own.
bool is_forbidden(const std::string& socket) { return ::access(socket.c_str(), W_OK) != 0 && errno == EACCES; }

// A service that an isagd left which was killed: rootless Podman changes its credentials, and so loses the signal that
// it should get at its parent's end (prctl(2)).
void end_earlier_service(const std::string& path) {
    const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return;
    path.copy(address.sun_path, path.size());
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return;
    ucred listener{};
    socklen_t size = sizeof listener;
    if (::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &listener, &size) != 0) return;
    if (listener.uid == ::getuid() && listener.pid > 1) ::kill(listener.pid, SIGTERM);
}

}  // namespace

EngineHolder::EngineHolder(std::string setting, Environment environment, Directories directories)
    : setting_(std::move(setting)), environment_(std::move(environment)), directories_(std::move(directories)) {}

EngineHolder::~EngineHolder() {
    if (!podman_) return;
    podman_->signal(SIGTERM);  // SIGKILL would leave the service's own child
    podman_->wait();
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
    if (chosen_)
        open_ = co_await reopen();
    else
        open_ = co_await open();
    chosen_ = Candidate{open_->socket, "the engine used so far"};
    co_return *open_;
}

asio::awaitable<OpenEngine> EngineHolder::reopen() {
    if (podman_ && !is_there(chosen_->socket)) co_return co_await start_podman();
    std::optional<Error> failed;
    try {
        co_return co_await open_at(*chosen_);
    } catch (const Error& error) {
        if (!podman_) throw;
        failed = error;
    }
    spdlog::warn("podman's service is started again: {}", failed->message());
    co_return co_await start_podman();
}

asio::awaitable<OpenEngine> EngineHolder::open() {
    std::string tried;
    auto candidates = find_candidates(setting_, environment_, directories_).value();
    auto found = co_await try_candidates(std::move(candidates), tried);
    if (found) co_return std::move(*found);
    std::string no_podman;
    try {
        co_return co_await start_podman();
    } catch (const Error& error) {
        no_podman = error.message();
        podman_.reset();
    }
    throw Error("no container engine answers; tried:" + tried + "\n  podman system service: " + no_podman,
                "install one (sudo apt install docker.io) or start it (sudo systemctl start docker); one that you may "
                "not use: join its group (sudo usermod -aG docker $USER, then log in again)");
}

asio::awaitable<std::optional<OpenEngine>> EngineHolder::try_candidates(std::vector<Candidate> candidates,
                                                                        std::string& tried) {
    std::optional<Error> refusal;
    for (auto& candidate : candidates) {
        std::optional<Error> failed;
        if (!candidate.named && !is_there(candidate.socket)) {
            tried += "\n  " + candidate.socket + " (" + candidate.origin + "): no such socket";
            continue;
        }
        try {
            co_return co_await open_at(candidate);
        } catch (const Error& error) {
            if (candidate.named) throw error.within(candidate.origin);
            failed = error;
        }
        tried += "\n  " + candidate.socket + " (" + candidate.origin + "): " + failed->message();
        if (!refusal && !is_forbidden(candidate.socket)) refusal = failed;
    }
    if (refusal) throw *refusal;
    co_return std::nullopt;
}

asio::awaitable<OpenEngine> EngineHolder::start_podman() {
    const std::string socket = (directories_.runtime / "podman.sock").string();
    podman_.reset();
    end_earlier_service(socket);
    ::unlink(socket.c_str());
    ChildOptions options;
    options.argv = {"podman", "system", "service", "--time=0", "unix://" + socket};
    options.env = environment_;
    options.ends_with_us = true;
    podman_ = std::make_unique<ChildProcess>(ChildProcess::start(options));
    asio::steady_timer timer(co_await asio::this_coro::executor);
    const auto deadline = std::chrono::steady_clock::now() + podman_limit;
    while (!is_there(socket) && !podman_->has_ended() && std::chrono::steady_clock::now() < deadline) {
        timer.expires_after(podman_pause);
        co_await timer.async_wait(asio::use_awaitable);
    }
    if (podman_->has_ended()) throw Error("it ended as it started", "podman info says why");
    Candidate candidate{socket, "podman system service"};
    co_return co_await open_at(candidate);
}

}  // namespace isag::engine

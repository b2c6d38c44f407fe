// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include "common/event.hpp"
#include "daemon/api/daemon.hpp"
#include "daemon/api/server.hpp"
#include "tests/daemon/engine/fixture.hpp"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <thread>

namespace isag::test {

// A client, byte by byte.
class RawClient {
public:
    explicit RawClient(const std::filesystem::path& path) : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
        if (::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
            throw Error("cannot connect to " + path.string());
    }
    // False where the daemon has hung up.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t n = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (n <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(n));
        }
        return true;
    }
    void request(int id, const std::string& method, const nlohmann::json& params = nlohmann::json::object()) {
        const nlohmann::json message{{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}};
        send(message.dump() + "\n");
    }
    void greet() {
        request(1, "hello", {{"protocol", proto::client_protocol}, {"version", "test"}});
        receive();
    }
    // The next message; null once the daemon has hung up. Throws after 20 s.
    nlohmann::json receive() {
        for (;;) {
            const auto newline = input_.find('\n');
            if (newline != std::string::npos) {
                auto message = nlohmann::json::parse(input_.substr(0, newline));
                input_.erase(0, newline + 1);
                return message;
            }
            pollfd fd{socket_.get(), POLLIN, 0};
            if (::poll(&fd, 1, 20'000) <= 0) throw Error("the daemon said nothing");
            char bytes[65536];
            const ssize_t n = ::recv(socket_.get(), bytes, sizeof bytes, 0);
            if (n <= 0) return nullptr;
            input_.append(bytes, static_cast<std::size_t>(n));
        }
    }
    // The error's message of the next answer.
    std::string receive_error() { return receive()["error"]["message"].get<std::string>(); }
    void close() { socket_.reset(); }

private:
    UniqueFd socket_;
    std::string input_;
};

// An engine that runs, and has nothing.
inline void engine_there(const FakeRequest& request, FakeExchange& exchange) {
    if (!answer_greeting(request, exchange)) exchange.answer(200, "[]");
}

// The real server in a thread of its own, on a temporary socket, with a fake engine.
class Served {
public:
    explicit Served(FakeEngine::Script script)
        : fake_(folder_.path() / "engine.sock", std::move(script)), thread_([this] {
              boost::asio::co_spawn(context_, serve(), [this](std::exception_ptr error) { failed_ = error; });
              context_.run();
          }) {}
    ~Served() { stop(); }
    // Ends as isagd does on SIGTERM; what the server threw is thrown here.
    void stop() {
        if (!thread_.joinable()) return;
        boost::asio::post(context_, [this] {
            stopping_ = true;
            stop_.notify();
        });
        thread_.join();
        if (failed_) std::rethrow_exception(failed_);
    }
    RawClient client() const { return RawClient(socket()); }
    FakeEngine& engine() { return fake_; }
    const std::filesystem::path& folder() const { return folder_.path(); }
    std::filesystem::path socket() const { return folder_.path() / "isagd.sock"; }

private:
    boost::asio::awaitable<void> serve() {
        const auto executor = co_await boost::asio::this_coro::executor;
        const auto& path = folder_.path();
        Directories directories{path / "home", path / "run", path / "state", path / "cache", path / "config"};
        Environment environment{{"DOCKER_HOST", "unix://" + fake_.path().string()}};
        api::Daemon daemon(executor, std::move(directories), std::move(environment),
                           {"/bin/true", "/bin/true", "/bin/true"});
        TaskGroup clients(executor, [](std::exception_ptr) {});
        clients.spawn(api::accept_clients(daemon, acceptor_, clients));
        while (!stopping_) co_await stop_.wait();
        daemon.registry.leave_running();
        clients.cancel();
        daemon.background.cancel();
        co_await clients.join();
        co_await daemon.background.join();
        co_await daemon.registry.shutdown();
        acceptor_.close();
    }

    TempFolder folder_;
    FakeEngine fake_;
    boost::asio::io_context context_;
    boost::asio::local::stream_protocol::acceptor acceptor_{api::listen_at(context_.get_executor(), socket())};
    Event stop_;
    bool stopping_ = false;
    std::exception_ptr failed_;
    std::thread thread_;
};

}  // namespace isag::test

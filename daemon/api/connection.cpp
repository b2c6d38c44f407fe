// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/connection.hpp"
#include "common/log_error.hpp"
#include "common/version.hpp"
#include "daemon/api/operations.hpp"
#include "daemon/api/peer.hpp"
#include "proto/hello.hpp"
#include "proto/protocol.hpp"
#include <boost/asio/this_coro.hpp>
#include <list>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace asio = boost::asio;
namespace isag::api {
namespace {

constexpr std::size_t max_calls = 16;  // at the same time, of one client

// The one place where an exception becomes an answer.
asio::awaitable<void> answer(Daemon& daemon, Operation operation, CallPtr call) {
    std::optional<Error> failure;
    try {
        co_await operation(daemon, call);
    } catch (const Error& error) {
        failure = error;
    } catch (const boost::system::system_error& error) {
        if (error.code() == asio::error::operation_aborted) throw;
        failure.emplace(error.what());
    } catch (const std::exception& error) {
        failure.emplace(error.what());
    }
    if (!failure) co_return;
    if (call->answered())
        spdlog::error("{}: {}", call->method(), failure->message());
    else
        call->fail(*failure);
}

class Connection {
public:
    Connection(Daemon& daemon, std::shared_ptr<proto::Channel> channel, asio::any_io_executor executor)
        : daemon_(daemon), channel_(std::move(channel)), tasks_(executor, log_unless_cancelled) {}

    asio::awaitable<void> run() {
        tasks_.spawn(channel_->write_loop());
        try {
            while (auto incoming = co_await channel_->receive()) take(std::move(incoming->message));
        } catch (const Error& error) {
            spdlog::warn("a client broke the rules: {}", error.message());
        }
    }

    asio::awaitable<void> end() {
        channel_->close();
        tasks_.cancel();
        co_await tasks_.join();
    }

private:
    // Why whoever says that in "hello" can't be served.
    static std::optional<Error> problem_with(const nlohmann::json& greeting) {
        const auto theirs = proto::read_hello(greeting);
        if (!theirs) return Error(theirs.error(), ErrorKind::usage);
        return proto::disagreement(*theirs, {proto::client_protocol, version}, ::getpid());
    }

    void take(proto::Message message) {
        using Type = proto::Message::Type;
        calls_.remove_if([](const std::weak_ptr<Call>& call) { return call.expired(); });
        if (message.type == Type::notification) {
            for (const auto& weak : calls_)
                if (const auto call = weak.lock()) call->take(message);
            return;
        }
        if (message.type != Type::request) throw Error("a client sends requests and notifications");
        start(std::move(message));
    }

    void start(proto::Message message) {
        const Operation operation = find_operation(message.method);
        auto call = std::make_shared<Call>(channel_, std::move(message));
        if (!operation) return call->fail(Error("isagd knows no '" + call->method() + "'", {}, ErrorKind::usage));
        if (call->method() == "hello") {
            if (const auto problem = problem_with(call->parameters())) return call->fail(*problem);
            greeted_ = true;
        }
        if (!greeted_) throw Error("the first request has to be hello");
        if (calls_.size() >= max_calls) return call->fail(Error("too many requests at once"));
        calls_.push_back(call);
        tasks_.spawn(answer(daemon_, operation, std::move(call)));
    }

    Daemon& daemon_;
    std::shared_ptr<proto::Channel> channel_;
    std::list<std::weak_ptr<Call>> calls_;
    bool greeted_ = false;
    TaskGroup tasks_;
};

}  // namespace

asio::awaitable<void> serve(Daemon& daemon, asio::local::stream_protocol::socket socket) {
    const auto executor = co_await asio::this_coro::executor;
    auto channel = std::make_shared<proto::Channel>(std::move(socket));
    if (auto refused = check_peer(channel->peer_pid(), channel->peer_uid())) {
        spdlog::warn("refused a connection: {}", refused->message);
        co_return;
    }
    Connection connection(daemon, std::move(channel), executor);
    std::exception_ptr failed;
    try {
        co_await connection.run();
    } catch (...) {
        failed = std::current_exception();  // cancelled: the daemon ends
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await connection.end();
    if (failed) std::rethrow_exception(failed);
}

}  // namespace isag::api

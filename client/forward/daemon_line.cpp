// SPDX-License-Identifier: Apache-2.0
#include "client/forward/daemon_line.hpp"
#include "client/comeback.hpp"
#include "client/connection.hpp"
#include "client/daemon_start.hpp"
#include "client/dial.hpp"
#include "common/error.hpp"
#include "common/in_thread.hpp"
#include "common/task_group.hpp"
#include "common/version.hpp"
#include "proto/protocol.hpp"
#include <boost/asio/local/stream_protocol.hpp>
#include <nlohmann/json.hpp>
#include <optional>
#include <sys/socket.h>

namespace asio = boost::asio;
namespace isag::forward {
namespace {

using LineClock = std::chrono::steady_clock;
constexpr std::chrono::seconds answer_limit{40};  // longer than a new isagd and what it does take
constexpr std::chrono::seconds new_for{5};

asio::awaitable<void> pause_for(std::chrono::milliseconds time) {
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::use_awaitable);
}

// Nothing where isagd is busy, and may be asked again.
asio::awaitable<std::optional<UniqueFd>> dial_or_start(const Context& context) {
    std::optional<UniqueFd> socket;
    try {
        socket = dial(context.directories.socket(), SOCK_NONBLOCK);
    } catch (const Error&) {
        co_return std::nullopt;
    }
    if (!socket) {
        std::function<UniqueFd()> start = [context] { return start_daemon(context); };
        socket = co_await in_thread(std::move(start));
    }
    co_return std::move(socket);
}

// The greeting's answer; false where isagd hung up instead.
asio::awaitable<bool> greet(proto::Channel& channel, long daemon_pid) {
    const proto::Hello ours{proto::client_protocol, version};
    channel.send(proto::request_line(0, "hello", proto::to_json(ours)));
    const auto incoming = co_await channel.receive();
    if (!incoming) co_return false;
    if (incoming->message.failure) throw *incoming->message.failure;
    check_hello(*incoming->message.payload, daemon_pid);
    co_return true;
}

}  // namespace

DaemonLine::DaemonLine(asio::any_io_executor executor, const Context& context)
    : executor_(std::move(executor)), context_(context) {}

void DaemonLine::tell_each(std::string method, std::function<proto::Payload()> what) {
    tell_method_ = std::move(method);
    tell_what_ = std::move(what);
}

asio::awaitable<proto::Incoming> DaemonLine::ask_json(std::string method, proto::Payload params) {
    const auto question = std::make_shared<Question>();
    question->id = ++last_id_;
    question->line = proto::request_line(question->id, method, *params);
    waiting_.push_back(question);
    send_waiting();
    const auto until = LineClock::now() + answer_limit;
    if (!question->answer) co_await question->answered.wait_until(until);
    question->is_forgotten = true;
    if (!question->answer) {
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none)
            throw boost::system::system_error(asio::error::operation_aborted);
        throw Error("isagd does not answer",
                    "its log may tell why: " + daemon_log(context_.environment, context_.directories));
    }
    if (question->answer->message.failure) throw *question->answer->message.failure;
    co_return std::move(*question->answer);
}

asio::awaitable<void> DaemonLine::run() {
    Comeback comeback;
    for (;;) {
        std::optional<Error> failure;
        try {
            auto socket = co_await dial_or_start(context_);
            if (socket) co_await talk(std::move(*socket));
            failure = DaemonGone();
        } catch (const DaemonNotStarted& not_started) {
            failure = not_started;
        }
        if (is_last_) co_return;
        // One that ends as it starts, or before it has answered, is followed by another.
        if (std::exchange(has_answered_, false))
            comeback.served();
        else
            co_await pause_for(comeback.lost(*failure));
    }
}

asio::awaitable<void> DaemonLine::talk(UniqueFd socket) {
    const long daemon_pid = check_peer(socket);
    asio::local::stream_protocol::socket stream(executor_, asio::local::stream_protocol(), socket.release());
    proto::Channel channel(std::move(stream));
    TaskGroup writer(executor_, [](std::exception_ptr) {});
    writer.spawn(channel.write_loop());
    std::exception_ptr failure;
    try {
        const bool greeted = co_await greet(channel, daemon_pid);
        if (greeted) co_await read(channel);
    } catch (...) {
        failure = std::current_exception();
    }
    channel_ = nullptr;
    channel.close();
    take_back();
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await writer.join();
    co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    if (failure) std::rethrow_exception(failure);
}

asio::awaitable<void> DaemonLine::read(proto::Channel& channel) {
    channel_ = &channel;
    new_until_ = LineClock::now() + new_for;
    if (tell_what_) {
        told_id_ = ++last_id_;
        channel.send(proto::request_line(told_id_, tell_method_, *tell_what_()));
    }
    send_waiting();
    while (auto incoming = co_await channel.receive()) take(std::move(*incoming));
}

void DaemonLine::take(proto::Incoming incoming) {
    using Type = proto::Message::Type;
    const proto::Message& message = incoming.message;
    if (message.type == Type::notification) {
        if (on_notification_) on_notification_(message);
        return;
    }
    has_answered_ = true;
    if (message.id == told_id_) {
        if (message.failure) throw *message.failure;
        return;
    }
    const auto found = asked_.find(message.id);
    if (found == asked_.end() || message.type == Type::request)
        throw Error("isagd answered something that was not asked", "are isag and isagd of the same version?");
    const QuestionPtr question = found->second;
    asked_.erase(found);
    question->answer = std::move(incoming);
    question->answered.notify();
    send_waiting();
}

void DaemonLine::send_waiting() {
    while (channel_ && asked_.size() < most_asked && !waiting_.empty()) {
        const QuestionPtr question = std::move(waiting_.front());
        waiting_.pop_front();
        if (question->is_forgotten) continue;
        asked_.emplace(question->id, question);
        channel_->send(question->line);
    }
}

// What was asked and not answered, before what waits already.
void DaemonLine::take_back() {
    for (auto it = asked_.rbegin(); it != asked_.rend(); ++it)
        if (!it->second->is_forgotten) waiting_.push_front(it->second);
    asked_.clear();
    told_id_ = 0;
}

}  // namespace isag::forward

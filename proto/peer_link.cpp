// SPDX-License-Identifier: Apache-2.0
#include "proto/peer_link.hpp"
#include "common/deadline.hpp"
#include <boost/asio/redirect_error.hpp>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

namespace asio = boost::asio;
using asio::local::stream_protocol;
using boost::system::error_code;

namespace isag::proto {
namespace {

constexpr std::chrono::seconds greeting_limit{20};

void ignore_error(std::exception_ptr) {}  // a broken line is seen by its reader

// Keeps the channel as long as something writes to it.
asio::awaitable<void> write_all(std::shared_ptr<Channel> channel) { co_await channel->write_loop(); }

asio::awaitable<std::optional<Incoming>> receive_one(std::shared_ptr<Channel> channel) {
    co_return co_await channel->receive();
}

}  // namespace

PeerLink::PeerLink(asio::any_io_executor executor, const std::filesystem::path& socket, Rules rules)
    : rules_(std::move(rules)), acceptor_(executor), writers_(executor, ignore_error) {
    ::unlink(socket.c_str());
    const stream_protocol::endpoint endpoint(socket.string());
    acceptor_.open();
    acceptor_.bind(endpoint);
    // Any uid of the container may dial; who is believed is decided by pid. On the host the folder's parent is private.
    if (::chmod(socket.c_str(), 0666) != 0) throw errno_error("cannot open " + socket.string(), errno);
    acceptor_.listen(4);
}

asio::awaitable<void> PeerLink::wait_ready(std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!channel_ && !stopped_) {
        const bool happened = co_await ready_.wait_until(deadline);
        if (!happened && !channel_) throw Error(rules_.name + " did not call back from the sandbox");
    }
    if (!channel_) throw Error("the sandbox was stopped meanwhile", {}, ErrorKind::cancelled);
}

asio::awaitable<Incoming> PeerLink::ask(std::string method, Payload params, std::chrono::milliseconds limit) {
    if (!channel_) throw Error(rules_.name + " is not connected");
    const std::int64_t id = next_id_++;
    auto answer = std::make_shared<Answer>(std::nullopt, asio::steady_timer(acceptor_.get_executor(), limit));
    waiting_[id] = answer;
    channel_->send(request_line(id, method, *params));
    error_code ec;
    co_await answer->arrived.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    waiting_.erase(id);
    if (!answer->incoming)
        throw Error(rules_.name + (ec ? " hung up before it answered" : " does not answer") + " (" + method + ")");
    co_return std::move(*answer->incoming);
}

asio::awaitable<Incoming> PeerLink::request(std::string method, Payload params, std::chrono::milliseconds limit) {
    auto answer = co_await ask(std::move(method), std::move(params), limit);
    if (answer.message.failure) throw *answer.message.failure;
    co_return answer;
}

void PeerLink::notify(std::string_view method, const nlohmann::json& params) {
    if (channel_) channel_->notify(method, params);
}

void PeerLink::drop() {
    if (channel_) channel_->close();
}

asio::awaitable<void> PeerLink::run() {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());  // stop() ends it
    asio::steady_timer pause(acceptor_.get_executor());
    while (!stopped_) {
        error_code ec;
        auto socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, ec));
        if (stopped_ || ec == asio::error::operation_aborted) break;
        if (ec) {  // out of descriptors, most likely: they come back
            pause.expires_after(std::chrono::milliseconds(100));
            co_await pause.async_wait(asio::use_awaitable);
            continue;
        }
        bool broke_rules = false;
        try {
            dialling_ = std::make_shared<Channel>(std::move(socket));
            co_await converse(dialling_);
        } catch (const std::exception& error) {
            spdlog::warn("{} broke the rules: {}", rules_.name, error.what());
            broke_rules = true;
        }
        hang_up();
        if (!broke_rules || stopped_) continue;
        pause.expires_after(std::chrono::seconds(1));  // it may dial at once, to do it again and fill the log
        co_await pause.async_wait(asio::use_awaitable);
    }
    writers_.cancel();
    co_await writers_.join();
}

void PeerLink::hang_up() {
    dialling_.reset();
    if (!channel_) return;
    channel_->close();
    channel_.reset();
    for (auto& [id, answer] : waiting_) answer->arrived.cancel();
    if (rules_.lost && !stopped_) rules_.lost();
}

// One connection at a time: a stranger's is closed at once and does not keep the peer out.
asio::awaitable<bool> PeerLink::is_peer(std::shared_ptr<Channel> channel) {
    const auto dialled = std::chrono::steady_clock::now();
    asio::steady_timer pause(acceptor_.get_executor());
    // It may dial before the engine has told us its pid.
    while (expected_ == 0 && !stopped_ && std::chrono::steady_clock::now() - dialled < greeting_limit) {
        pause.expires_after(std::chrono::milliseconds(1));
        co_await pause.async_wait(asio::use_awaitable);
    }
    if (stopped_ || expected_ == 0 || !rules_.believes(channel->peer_pid(), channel->peer_uid())) co_return false;
    auto receiving = receive_one(channel);
    const auto first = co_await with_deadline(std::move(receiving), greeting_limit, rules_.name + "'s greeting");
    if (!first || first->message.type != Message::Type::notification || first->message.method != "ready")
        co_return false;
    rules_.ready(first->message);
    co_return true;
}

asio::awaitable<void> PeerLink::converse(std::shared_ptr<Channel> channel) {
    const bool known = co_await is_peer(channel);
    if (!known || stopped_) co_return;
    writers_.spawn(write_all(channel));
    channel_ = channel;
    if (rules_.connected) rules_.connected();
    ready_.notify();
    while (auto incoming = co_await channel->receive()) take(std::move(*incoming));
}

void PeerLink::take(Incoming incoming) {
    using Type = Message::Type;
    const auto& message = incoming.message;
    if (message.type == Type::notification) return rules_.notification(std::move(incoming));
    if (message.type != Type::result && message.type != Type::error) throw Error("unexpected message");
    const auto waiting = waiting_.find(message.id);
    if (waiting == waiting_.end()) return;  // its asker gave up; the descriptors close here
    const auto answer = waiting->second;
    answer->incoming = std::move(incoming);
    answer->arrived.cancel();
}

void PeerLink::stop() {
    stopped_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    if (dialling_) dialling_->close();
    if (channel_) channel_->close();
    ready_.notify();
}

}  // namespace isag::proto

// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/init_link.hpp"
#include "common/deadline.hpp"
#include <boost/asio/redirect_error.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

namespace asio = boost::asio;
using asio::local::stream_protocol;
using boost::system::error_code;

namespace isag::sandbox {
namespace {

constexpr auto never = asio::steady_timer::time_point::max();

constexpr std::chrono::seconds greeting_limit{20};

void ignore_error(std::exception_ptr) {}  // a broken line to init is seen by its reader

// Keeps the channel as long as something writes to it.
asio::awaitable<void> write_all(std::shared_ptr<proto::Channel> channel) { co_await channel->write_loop(); }

asio::awaitable<std::optional<proto::Incoming>> receive_one(std::shared_ptr<proto::Channel> channel) {
    co_return co_await channel->receive();
}

}  // namespace

InitLink::InitLink(asio::any_io_executor executor, const std::filesystem::path& socket)
    : acceptor_(executor), ready_(executor, never), writers_(executor, ignore_error) {
    ::unlink(socket.c_str());
    const stream_protocol::endpoint endpoint(socket.string());
    acceptor_.open();
    acceptor_.bind(endpoint);
    // Any uid of the container may dial; who is believed is decided by pid. On the host the folder's parent is private.
    if (::chmod(socket.c_str(), 0666) != 0) throw errno_error("cannot open " + socket.string(), errno);
    acceptor_.listen(4);
}

InitLink::~InitLink() = default;

asio::awaitable<void> InitLink::wait_ready(pid_t init, std::chrono::milliseconds limit) {
    expect(init);
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!channel_ && !stopped_) {
        ready_.expires_at(deadline);
        error_code ec;
        co_await ready_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
        if (!channel_ && !ec) throw Error("isag-init did not call back from the sandbox");
    }
    if (!channel_) throw Error("the sandbox was stopped while it started", {}, ErrorKind::cancelled);
}

asio::awaitable<SpawnedProcess> InitLink::spawn(proto::init::Spawn request) {
    if (!channel_) throw Error("the sandbox's init is not connected");
    const std::int64_t id = next_id_++;
    const std::size_t streams = request.terminal ? 1 : 3;
    auto answer = std::make_shared<Answer>(std::nullopt, asio::steady_timer(acceptor_.get_executor(), never));
    waiting_[id] = answer;
    channel_->send(proto::request_line(id, "spawn", proto::to_json(std::move(request))));
    answer->arrived.expires_after(std::chrono::seconds(20));
    error_code ec;
    co_await answer->arrived.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    waiting_.erase(id);
    if (!answer->incoming)
        throw Error(ec ? "the sandbox ended while a command was started" : "isag-init does not answer");
    proto::Incoming& incoming = *answer->incoming;
    if (incoming.message.failure) throw *incoming.message.failure;
    const auto spawned = proto::from_json<proto::init::Spawned>(*incoming.message.payload, "spawn's result").value();
    if (incoming.fds.size() != streams) throw Error("isag-init sent other streams than it was asked for");
    co_return SpawnedProcess{spawned.process, std::move(incoming.fds)};
}

void InitLink::kill(std::int64_t process, int signal) {
    constexpr std::size_t most_owed = 16;
    if (channel_)
        channel_->notify("kill", proto::to_json(proto::init::Kill{process, signal}));
    else if (owed_.size() < most_owed)
        owed_.push_back({process, signal});
}

asio::awaitable<void> InitLink::run() {
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
        try {
            dialling_ = std::make_shared<proto::Channel>(std::move(socket));
            co_await converse(dialling_);
        } catch (const std::exception& error) {
            spdlog::warn("a sandbox's init broke the rules: {}", error.what());
        }
        dialling_.reset();
        if (!channel_) continue;
        channel_->close();
        channel_.reset();
        for (auto& [id, answer] : waiting_) answer->arrived.cancel();
        if (lost_ && !stopped_) lost_();
    }
    writers_.cancel();
    co_await writers_.join();
}

// One connection at a time: a stranger's is closed at once and does not keep init out.
asio::awaitable<bool> InitLink::is_init(std::shared_ptr<proto::Channel> channel) {
    const auto dialled = std::chrono::steady_clock::now();
    asio::steady_timer pause(acceptor_.get_executor());
    // Init may dial before the engine has told us its pid.
    while (init_ == 0 && !stopped_ && std::chrono::steady_clock::now() - dialled < greeting_limit) {
        pause.expires_after(std::chrono::milliseconds(1));
        co_await pause.async_wait(asio::use_awaitable);
    }
    if (stopped_ || channel->peer_pid() != init_) co_return false;
    auto receiving = receive_one(channel);
    const auto first = co_await with_deadline(std::move(receiving), greeting_limit, "isag-init's greeting");
    if (!first || first->message.method != "ready") co_return false;
    const auto ready = proto::from_json<proto::init::Ready>(*first->message.payload, "ready").value();
    if (ready.protocol != proto::protocol_version) throw Error("isag-init is of another version than isagd");
    co_return true;
}

asio::awaitable<void> InitLink::converse(std::shared_ptr<proto::Channel> channel) {
    const bool known = co_await is_init(channel);
    if (!known || stopped_) co_return;
    writers_.spawn(write_all(channel));
    channel_ = channel;
    for (const auto& owed : std::exchange(owed_, {})) kill(owed.process, static_cast<int>(owed.signal));
    ready_.cancel();
    while (auto incoming = co_await channel->receive()) take(std::move(*incoming));
}

void InitLink::take(proto::Incoming incoming) {
    using Type = proto::Message::Type;
    const auto& message = incoming.message;
    if (message.type == Type::notification && message.method == "ended") return take_ended(message);
    if (message.type != Type::result && message.type != Type::error) throw Error("unexpected message");
    const auto waiting = waiting_.find(message.id);
    if (waiting == waiting_.end()) return;  // its asker gave up; the descriptors close here
    const auto answer = waiting->second;
    answer->incoming = std::move(incoming);
    answer->arrived.cancel();
}

void InitLink::take_ended(const proto::Message& message) {
    const auto ended = proto::from_json<proto::init::Ended>(*message.payload, "ended").value();
    ExitStatus status;
    if (ended.signal)
        status.signal = static_cast<int>(*ended.signal);
    else
        status.code = static_cast<int>(ended.code.value_or(0));
    if (ended_) ended_(ended.process, status);
}

void InitLink::stop() {
    stopped_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    if (dialling_) dialling_->close();
    if (channel_) channel_->close();
    ready_.cancel();
}

}  // namespace isag::sandbox

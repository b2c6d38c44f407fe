// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/line.hpp"
#include "daemon/gate/listen.hpp"
#include "daemon/gate/nft.hpp"
#include "daemon/gate/settings.hpp"
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

namespace asio = boost::asio;

namespace isag::gate {
namespace {

constexpr auto redial_interval = std::chrono::milliseconds(250);
constexpr auto events_interval = std::chrono::milliseconds(200);
constexpr std::size_t most_names = 1024;  // in an answer to "show"

void complain(const char* what) { std::fprintf(stderr, "isag-gate: the line to isagd: %s\n", what); }

proto::gate::Totals totals(const EventLog& events) {
    const auto& told = events.told();
    return {events.sums().refused(), events.sums().allowed(), std::vector<proto::gate::Event>(told.begin(), told.end()),
            events.refused_in_all()};
}

template <class Message>
Message take(const proto::Message& message) {
    return proto::from_json<Message>(*message.payload, message.method).value();
}

}  // namespace

Line::Line(Shared& shared, Relays& relays, Connector& connector, Mode mode, std::string socket_path, UniqueFd settings)
    : shared_(shared),
      relays_(relays),
      connector_(connector),
      mode_(mode),
      socket_path_(std::move(socket_path)),
      settings_(std::move(settings)) {
    const std::string stored = settings_.load();
    configured_ = !stored.empty();
    if (configured_) restore(stored, shared_).value();
    shared_.events.on_pending([this] { pending_.notify(); });
}

asio::awaitable<void> Line::run() {
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor);
    const asio::local::stream_protocol::endpoint isagd(socket_path_);
    for (;;) {
        timer.expires_after(redial_interval);
        asio::local::stream_protocol::socket socket(executor);
        boost::system::error_code nobody;
        co_await socket.async_connect(isagd, asio::redirect_error(asio::use_awaitable, nobody));
        if (!nobody) co_await talk(std::move(socket));
        co_await timer.async_wait(asio::use_awaitable);
    }
}

asio::awaitable<void> Line::talk(asio::local::stream_protocol::socket socket) {
    const auto executor = socket.get_executor();
    proto::Channel channel(std::move(socket));
    handed_ = false;
    TaskGroup tasks(executor, [](const std::exception_ptr&) {});  // both end with the line, in whatever way
    channel.notify("ready", proto::to_json(ready()));
    tasks.spawn(channel.write_loop());
    tasks.spawn(tell_events(channel));
    try {
        while (const auto incoming = co_await channel.receive()) handle(channel, tasks, incoming->message);
    } catch (const std::exception& error) {
        complain(error.what());
    }
    channel.close();
    tasks.cancel();
    co_await tasks.join();
}

asio::awaitable<void> Line::tell_events(proto::Channel& channel) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (;;) {
        if (!untold_ && !shared_.events.pending()) co_await pending_.wait();
        const auto asked_to_end = co_await asio::this_coro::cancellation_state;  // the wait doesn't say
        if (asked_to_end.cancelled() != asio::cancellation_type::none) co_return;
        // What isagd has not read yet is enough; meanwhile the events add up.
        tell_pending(channel);
        if (handed_ && !channel.has_output()) {
            untold_.reset();
            handed_ = false;
        }
        timer.expires_after(events_interval);
        co_await timer.async_wait(asio::use_awaitable);
    }
}

void Line::tell_pending(proto::Channel& channel) {
    if (channel.has_output() || handed_) return;
    if (!untold_) {
        if (!shared_.events.pending()) return;
        untold_ = shared_.events.take();
    }
    hand(channel);
}

void Line::hand(proto::Channel& channel) {
    channel.notify("events", proto::to_json(*untold_));
    handed_ = true;
}

void Line::handle(proto::Channel& channel, TaskGroup& tasks, const proto::Message& message) {
    using Type = proto::Message::Type;
    if (message.type == Type::request) {
        // Who asks how things stand knows then of what was refused until now, and of what the last one has not read.
        if (untold_ && !handed_) hand(channel);
        tell_pending(channel);
        try {
            handle_request(channel, tasks, message);
        } catch (const Error& error) {
            channel.send(proto::error_line(message.id, error));
        }
    } else if (message.type == Type::notification && message.method == "siblings") {
        apply(take<proto::gate::Siblings>(message), shared_).value();
        put_in_force();
    } else {
        throw Error("an unexpected message '" + message.method + "'");
    }
}

void Line::handle_request(proto::Channel& channel, TaskGroup& tasks, const proto::Message& request) {
    if (request.method == "connect")
        tasks.spawn(connect(channel, request));
    else if (request.method == "listen")
        listen(channel, request);
    else if (request.method == "sockets")
        send_sockets(channel, request);
    else
        channel.send(answer(request));
}

asio::awaitable<void> Line::connect(proto::Channel& channel, proto::Message request) {
    std::optional<Error> failed;
    try {
        auto target = take<proto::gate::Connect>(request);
        std::vector<UniqueFd> fds;
        fds.push_back(co_await connector_.connect(std::move(target)));
        channel.send(proto::result_line(request.id, nlohmann::json::object(), 1), std::move(fds));
    } catch (const Error& error) {
        failed = error;
    }
    if (failed) channel.send(proto::error_line(request.id, *failed));
}

void Line::listen(proto::Channel& channel, const proto::Message& request) {
    auto listeners = gate::listen(take<proto::gate::Listen>(request));
    const proto::gate::Listening reply{listeners.port};
    const auto count = static_cast<std::int64_t>(listeners.sockets.size());
    channel.send(proto::result_line(request.id, proto::to_json(reply), count), std::move(listeners.sockets));
}

void Line::send_sockets(proto::Channel& channel, const proto::Message& request) {
    auto sockets = sockets_to_connect(take<proto::gate::Sockets>(request));
    const auto count = static_cast<std::int64_t>(sockets.size());
    channel.send(proto::result_line(request.id, nlohmann::json::object(), count), std::move(sockets));
}

std::string Line::answer(const proto::Message& request) {
    if (request.method == "configure") {
        apply(take<proto::gate::Configure>(request), shared_).value();
        configured_ = true;
        put_in_force();
        return proto::result_line(request.id, nlohmann::json::object());
    }
    if (request.method == "change") {
        apply(take<proto::gate::Change>(request), Clock::now(), shared_).value();
        return proto::result_line(request.id, proto::to_json(proto::gate::Changed{put_in_force()}));
    }
    if (request.method == "check")
        return proto::result_line(request.id, proto::to_json(check(take<proto::gate::Check>(request), shared_)));
    if (request.method == "totals") return proto::result_line(request.id, proto::to_json(totals(shared_.events)));
    if (request.method == "show") return proto::result_line(request.id, proto::to_json(show()));
    throw Error("unknown method '" + request.method + "'", "", ErrorKind::usage);
}

proto::gate::Ready Line::ready() const {
    struct stat self {};
    if (::stat("/proc/self/ns/net", &self) != 0) throw errno_error("cannot look at the network namespace", errno);
    return {proto::protocol_version, static_cast<std::int64_t>(self.st_ino), mode_ != Mode::open, configured_};
}

proto::gate::State Line::show() const {
    proto::gate::State out = state(shared_, Clock::now());
    out.limited = mode_ != Mode::open;
    const auto connections = relays_.open_connections();
    const auto& names = shared_.names.all();
    for (std::size_t i = 0; i < names.size() && i < most_names; ++i) {
        const auto open = connections.find(names[i]);
        out.names.push_back({names[i], dotted(Names::first + static_cast<std::uint32_t>(i)),
                             open == connections.end() ? 0 : open->second});
    }
    if (out.limited) out.ruleset = Nft().text();
    return out;
}

std::int64_t Line::put_in_force() {
    settings_.store(save(shared_));
    changed_.notify();
    relays_.forget_answers();
    return static_cast<std::int64_t>(relays_.recheck());
}

asio::awaitable<void> Line::expire() {
    for (;;) {
        if (shared_.policy.expire(Clock::now())) put_in_force();
        const auto next = shared_.policy.next_end().value_or(Clock::time_point::max());
        co_await changed_.wait_until(next);
    }
}

}  // namespace isag::gate

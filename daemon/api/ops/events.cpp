// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/operations.hpp"
#include "proto/session.hpp"
#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

namespace asio = boost::asio;
namespace isag::api {
namespace {

constexpr std::size_t most_bytes = std::size_t{150} << 10;

std::size_t size_of(const proto::DaemonEvent& event) {
    std::size_t size = 100 + event.what.size() + event.subject.size();
    for (const auto& [name, value] : event.details) size += name.size() + value.size();
    return size;
}

// The latest ones, as many as a message may hold with every byte of them escaped.
std::vector<proto::DaemonEvent> latest(const std::deque<proto::DaemonEvent>& all, std::int64_t since) {
    std::vector<proto::DaemonEvent> out;
    std::size_t room = most_bytes;
    for (auto event = all.rbegin(); event != all.rend() && event->time >= since; ++event) {
        if (size_of(*event) > room) break;
        room -= size_of(*event);
        out.push_back(*event);
    }
    std::reverse(out.begin(), out.end());
    return out;
}

}  // namespace

asio::awaitable<void> events(Daemon& daemon, CallPtr call) {
    const auto request = parameters_of<proto::EventsRequest>(*call);
    EventLog::Listeners::Listening following;
    const auto pass_on = [call](const proto::DaemonEvent& event) { call->notify("event", proto::to_json(event)); };
    if (request.follow)
        following = daemon.events.listen(pass_on);  // nothing is told before the reply: no await between
    proto::EventsReply reply{latest(daemon.events.events(), request.since.value_or(0))};
    call->reply(proto::to_json(std::move(reply)));
    if (!request.follow) co_return;
    asio::steady_timer never(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    co_await never.async_wait(asio::use_awaitable);
}

}  // namespace isag::api

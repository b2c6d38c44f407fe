// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/operations.hpp"
#include "daemon/api/target.hpp"
#include <algorithm>
#include <nlohmann/json.hpp>

namespace isag::api {
namespace {

using proto::gate::Event;
using proto::net::LogRequest;

constexpr std::size_t largest_log = 768 << 10;  // bytes of JSON: a line has at most 1 MiB

bool is_wanted(const LogRequest& request, const Event& event) {
    return (request.all || !event.allowed) && event.time >= request.since.value_or(0);
}

std::vector<Event> wanted_of(const LogRequest& request, const std::deque<Event>& events) {
    std::vector<Event> out;
    std::size_t size = 0;
    const auto most = static_cast<std::size_t>(std::max<std::int64_t>(request.tail.value_or(INT64_MAX), 0));
    for (auto event = events.rbegin(); event != events.rend() && out.size() < most; ++event) {
        if (!is_wanted(request, *event)) continue;
        size += proto::to_json(*event).dump().size();
        if (size > largest_log) break;
        out.push_back(*event);
    }
    std::reverse(out.begin(), out.end());
    return out;
}

}  // namespace

boost::asio::awaitable<void> net_log(Daemon& daemon, CallPtr call) {
    const auto request = parameters_of<LogRequest>(*call);
    co_await daemon.registry.wait_adopted();
    const auto sandbox = target_of(daemon, request.target);
    auto& ring = sandbox->network_events();
    firewall::EventRing::Listeners::Listening following;
    const auto pass_on = [call, request](const Event& event) {
        if (is_wanted(request, event)) call->notify("net.event", proto::to_json(event));
    };
    if (request.follow) following = ring.listen(pass_on);  // nothing is told before the reply: no await between
    proto::net::Log log;
    log.sandbox = sandbox->record().name;
    log.events = wanted_of(request, ring.events());
    log.refused = ring.refused();
    log.forgotten = ring.forgotten();
    call->reply(proto::to_json(std::move(log)));
    if (!request.follow) co_return;
    co_await sandbox->wait_ended();
    call->notify("net.ended", proto::to_json(proto::Nothing()));
}

}  // namespace isag::api

// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/operations.hpp"
#include "proto/session.hpp"
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

namespace asio = boost::asio;
namespace isag::api {
namespace {

// Passes on what happens from its making to its end.
class Following {
public:
    Following(EventLog& events, CallPtr call)
        : events_(events), number_(events.listen([call = std::move(call)](const proto::DaemonEvent& event) {
              call->notify("event", proto::to_json(event));
          })) {}
    Following(const Following&) = delete;
    ~Following() { events_.unlisten(number_); }

private:
    EventLog& events_;
    int number_;
};

}  // namespace

asio::awaitable<void> events(Daemon& daemon, CallPtr call) {
    const auto request = parameters_of<proto::EventsRequest>(*call);
    std::optional<Following> following;
    if (request.follow) following.emplace(daemon.events, call);  // nothing is told before the reply: no await between
    proto::EventsReply reply;
    for (const auto& event : daemon.events.events())
        if (event.time >= request.since.value_or(0)) reply.events.push_back(event);
    call->reply(proto::to_json(std::move(reply)));
    if (!request.follow) co_return;
    asio::steady_timer never(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    co_await never.async_wait(asio::use_awaitable);
}

}  // namespace isag::api

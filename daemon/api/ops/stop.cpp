// SPDX-License-Identifier: Apache-2.0
#include "common/log_error.hpp"
#include "daemon/api/image_step.hpp"
#include "daemon/api/operations.hpp"
#include "daemon/api/target.hpp"
#include <boost/asio/this_coro.hpp>
#include <nlohmann/json.hpp>

namespace asio = boost::asio;
namespace isag::api {
namespace {

constexpr std::int64_t longest_wait = 86400;  // seconds; beyond, a clock would overflow

}  // namespace

asio::awaitable<void> stop(Daemon& daemon, CallPtr call) {
    const auto request = parameters_of<proto::StopRequest>(*call);
    if (request.seconds < 0 || request.seconds > longest_wait)
        throw Error("seconds: allowed are 0 to " + std::to_string(longest_wait), {}, ErrorKind::usage);
    co_await daemon.registry.wait_adopted();
    std::vector<std::shared_ptr<sandbox::Sandbox>> chosen;
    if (request.all)
        chosen = daemon.registry.list();
    else
        for (const auto& name : request.names) chosen.push_back(running_named(daemon, name));

    // All at once, so that their limits do not add up.
    std::optional<Error> failure;
    TaskGroup stops(co_await asio::this_coro::executor, [&failure](std::exception_ptr error) {
        try {
            std::rethrow_exception(error);
        } catch (const Error& e) {
            if (!failure) failure = e;
        } catch (const std::exception& e) {
            if (!failure) failure.emplace(e.what());
        }
    });
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());  // SIGTERM is out: see it through
    const std::chrono::seconds limit(request.seconds);
    for (const auto& sandbox : chosen) stops.spawn(daemon.registry.stop(sandbox, limit));
    co_await stops.join();
    if (failure) throw *failure;
    if (request.all) {
        co_await daemon.registry.settle();
        co_await daemon.registry.remove_strays();
        co_await remove_build_steps(daemon);
    }
    if (daemon.registry.list().empty()) co_await daemon.registry.remove_uplink();
    proto::StopReply reply;
    for (const auto& sandbox : chosen) reply.stopped.push_back(sandbox->record().name);
    call->reply(proto::to_json(std::move(reply)));
}

}  // namespace isag::api

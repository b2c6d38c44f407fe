// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/endpoint.hpp"
#include "daemon/api/operations.hpp"
#include "daemon/api/port_holder.hpp"
#include "daemon/api/target.hpp"
#include "proto/forward.hpp"
#include <nlohmann/json.hpp>

namespace isag::api {
namespace {

// The gate sees no processes: it can't say who has a port.
Error with_holder(const Error& refused, Daemon& daemon, sandbox::Sandbox& sandbox, std::int64_t port) {
    if (!refused.message().ends_with(" is in use")) return refused;
    const auto forwards = daemon.forwards.of(sandbox.record().id);
    const auto holder = inner_port_holder(inner_listeners(sandbox), forwards, port);
    return holder ? Error(refused.message() + " by " + *holder, refused.hint(), refused.kind()) : refused;
}

boost::asio::awaitable<firewall::GateLink::Listeners> listen_inside(Daemon& daemon, SandboxPtr sandbox,
                                                                    proto::Endpoint at) {
    const std::int64_t port = at.port;
    try {
        co_return co_await sandbox->listen(std::move(at));
    } catch (const Error& error) {
        throw with_holder(error, daemon, *sandbox, port);
    }
}

}  // namespace

boost::asio::awaitable<void> listen(Daemon& daemon, CallPtr call) {
    auto request = parameters_of<proto::ListenRequest>(*call);
    check_endpoint(request.at, EndUse::listen);
    check_endpoint(request.to, EndUse::connect);
    co_await daemon.registry.wait_adopted();
    const auto sandbox = target_of(daemon, request.target);
    const auto open = co_await daemon.engine.get();
    const auto forbidden = engine::known_sockets(open.socket, daemon.directories);
    if (auto refused = refuse_end(request.to, forbidden, daemon.directories.runtime))
        throw Error(std::move(*refused), ErrorKind::usage);
    auto listeners = co_await listen_inside(daemon, sandbox, std::move(request.at));
    call->reply(proto::to_json(proto::ListenReply{sandbox->record().name, listeners.port}),
                std::move(listeners.sockets));
}

}  // namespace isag::api

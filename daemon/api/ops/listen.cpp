// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/endpoint.hpp"
#include "daemon/api/operations.hpp"
#include "daemon/api/target.hpp"
#include "proto/forward.hpp"
#include <nlohmann/json.hpp>

namespace isag::api {

boost::asio::awaitable<void> listen(Daemon& daemon, CallPtr call) {
    auto request = parameters_of<proto::ListenRequest>(*call);
    check_endpoint(request.at, EndUse::listen);
    check_endpoint(request.to, EndUse::connect);
    co_await daemon.registry.wait_adopted();
    const auto sandbox = target_of(daemon, request.target);
    const auto open = co_await daemon.engine.get();
    const auto forbidden = engine_sockets(open.socket, daemon.directories.runtime);
    if (auto refused = refuse_end(request.to, forbidden, daemon.directories.runtime))
        throw Error(std::move(*refused), ErrorKind::usage);
    auto listeners = co_await sandbox->listen(std::move(request.at));
    call->reply(proto::to_json(proto::ListenReply{sandbox->record().name, listeners.port}),
                std::move(listeners.sockets));
}

}  // namespace isag::api

// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/operations.hpp"
#include "daemon/api/target.hpp"
#include "proto/forward.hpp"
#include "proto/message.hpp"
#include <nlohmann/json.hpp>

namespace isag::api {

boost::asio::awaitable<void> sockets(Daemon& daemon, CallPtr call) {
    const auto request = parameters_of<proto::SocketsRequest>(*call);
    if (request.count < 1 || request.count > proto::max_fds)
        throw Error("between 1 and " + std::to_string(proto::max_fds) + " sockets", {}, ErrorKind::usage);
    co_await daemon.registry.wait_adopted();
    const auto sandbox = target_of(daemon, request.target);
    auto fds = co_await sandbox->sockets(request.count);
    call->reply(proto::to_json(proto::SocketsReply{sandbox->record().name}), std::move(fds));
}

}  // namespace isag::api

// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/endpoint.hpp"
#include "daemon/api/operations.hpp"
#include "daemon/api/target.hpp"
#include "proto/forward.hpp"
#include <nlohmann/json.hpp>

namespace isag::api {

boost::asio::awaitable<void> connect(Daemon& daemon, CallPtr call) {
    auto request = parameters_of<proto::ConnectRequest>(*call);
    check_endpoint(request.to, EndUse::connect);
    co_await daemon.registry.wait_adopted();
    const auto sandbox = target_of(daemon, request.target);
    std::vector<UniqueFd> fds;
    fds.push_back(co_await sandbox->connect(std::move(request.to)));
    call->reply(proto::to_json(proto::ConnectReply{sandbox->record().name}), std::move(fds));
}

}  // namespace isag::api

// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/endpoint.hpp"
#include "daemon/api/operations.hpp"
#include "daemon/api/session.hpp"
#include "daemon/api/target.hpp"
#include "proto/forward.hpp"
#include <nlohmann/json.hpp>

namespace isag::api {
namespace {

void check_forward(const proto::Forward& forward) {
    if (forward.kind != "local" && forward.kind != "remote" && forward.kind != "dynamic")
        throw Error("a forward is local, remote or dynamic", {}, ErrorKind::usage);
    check_endpoint(forward.listen, EndUse::listen);
    if (forward.kind != "dynamic") check_endpoint(forward.to, EndUse::connect);
}

}  // namespace

boost::asio::awaitable<void> forwards(Daemon& daemon, CallPtr call) {
    auto request = parameters_of<proto::ForwardsRequest>(*call);
    if (request.forwards.size() > Forwards::most)
        throw Error("at most " + std::to_string(Forwards::most) + " forwards", {}, ErrorKind::usage);
    for (const auto& forward : request.forwards) check_forward(forward);
    co_await daemon.registry.wait_adopted();
    const auto sandbox = target_of(daemon, request.target);
    const auto kept = daemon.forwards.keep(sandbox->record().id, std::move(request.forwards));
    call->reply(proto::to_json(proto::ForwardsReply{sandbox->record().name}));
    co_await sandbox->wait_ended();
    tell_exit(*call, sandbox->exit());
}

}  // namespace isag::api

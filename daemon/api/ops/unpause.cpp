// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/operations.hpp"
#include "daemon/api/target.hpp"
#include <nlohmann/json.hpp>

namespace isag::api {

boost::asio::awaitable<void> unpause(Daemon& daemon, CallPtr call) {
    const auto request = parameters_of<proto::UnpauseRequest>(*call);
    co_await daemon.registry.wait_adopted();
    const auto sandbox = target_of(daemon, request.target);
    const auto& name = sandbox->record().name;
    if (!sandbox->lost_cover()) throw Error("the sandbox " + name + " is not paused", "'isag ps' shows those that are");
    proto::UnpauseReply reply{name, sandbox->go_on_uncovered()};
    call->reply(proto::to_json(std::move(reply)));
}

}  // namespace isag::api

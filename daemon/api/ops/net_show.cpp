// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/operations.hpp"
#include "daemon/api/target.hpp"
#include <nlohmann/json.hpp>

namespace isag::api {

boost::asio::awaitable<void> net_show(Daemon& daemon, CallPtr call) {
    const auto target = parameters_of<proto::Target>(*call);
    co_await daemon.registry.wait_adopted();
    const auto sandbox = target_of(daemon, target);
    proto::net::Shown shown;
    shown.sandbox = sandbox->record().name;
    shown.lost = sandbox->network_lost();
    if (!shown.lost) shown.state = co_await sandbox->gate().show();
    call->reply(proto::to_json(std::move(shown)));
}

}  // namespace isag::api

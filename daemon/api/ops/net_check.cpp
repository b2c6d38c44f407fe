// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/config_source.hpp"
#include "daemon/api/operations.hpp"
#include "daemon/api/target.hpp"
#include "daemon/firewall/verdict.hpp"
#include <nlohmann/json.hpp>

namespace isag::api {

// A sandbox that runs is asked itself: it knows the rules that were set since. Else the file says what would be.
boost::asio::awaitable<void> net_check(Daemon& daemon, CallPtr call) {
    const auto request = parameters_of<proto::net::CheckRequest>(*call);
    auto check = firewall::parse_host(request.host);
    if (!check) throw Error(check.error(), ErrorKind::usage);
    co_await daemon.registry.wait_adopted();
    proto::net::CheckReply reply;
    reply.name = check->name;
    reply.port = check->port;
    if (const auto sandbox = find_target(daemon, request.target)) {
        reply.sandbox = sandbox->record().name;
        reply.verdict = co_await sandbox->gate().check(std::move(*check));
    } else {
        reply.verdict = firewall::verdict(load_config(request.target.config).config, *check);
    }
    call->reply(proto::to_json(std::move(reply)));
}

}  // namespace isag::api

// SPDX-License-Identifier: Apache-2.0
#include "common/escape.hpp"
#include "daemon/api/config_edit.hpp"
#include "daemon/api/operations.hpp"
#include "daemon/api/target.hpp"
#include "daemon/config/domain.hpp"
#include "daemon/config/edit_domains.hpp"
#include <nlohmann/json.hpp>

namespace isag::api {
namespace {

using proto::net::ChangeRequest;

constexpr std::int64_t longest = 365 * 86400;  // seconds

config::DomainRule rule_of(const ChangeRequest& request) {
    auto rule = config::parse_domain(request.domain);
    if (!rule)
        throw Error("'" + escape_controls(request.domain) + "': " + rule.error().message, rule.error().hint,
                    ErrorKind::usage);
    if (request.seconds && (*request.seconds < 1 || *request.seconds > longest))
        throw Error("a change lasts 1 second to 365 days", {}, ErrorKind::usage);
    if (request.seconds && request.save)
        throw Error("a change that ends by itself is not written to the file", "leave out --for or --save",
                    ErrorKind::usage);
    return std::move(*rule);
}

proto::gate::Change live_change(const ChangeRequest& request, const config::DomainRule& rule) {
    return {request.allow, {(rule.wildcard ? "*." : "") + rule.name, rule.ports, rule.allow_private}, request.seconds};
}

proto::net::Saved save(const ChangeRequest& request, const config::DomainRule& rule, const std::string& file) {
    return edit_config_file(file, [&](std::string_view text) {
        const auto& environment = request.target.config.environment;
        return request.allow ? config::add_domains(text, {rule}, file, environment)
                             : config::remove_domain(text, rule, file, environment);
    });
}

}  // namespace

boost::asio::awaitable<void> net_change(Daemon& daemon, CallPtr call) {
    const auto request = parameters_of<ChangeRequest>(*call);
    const auto rule = rule_of(request);
    co_await daemon.registry.wait_adopted();
    // With --save it goes without a sandbox: there is the file.
    const auto sandbox = request.save ? find_target(daemon, request.target) : target_of(daemon, request.target);
    proto::net::ChangeReply reply;
    reply.rule = rule.text();
    if (sandbox) {
        auto change = live_change(request, rule);
        const auto changed = co_await sandbox->gate().change(std::move(change));
        reply.sandbox = sandbox->record().name;
        reply.cut = changed.cut;
        daemon.events.tell(request.allow ? "net.allowed" : "net.denied", *reply.sandbox, {{"rule", reply.rule}});
    }
    if (request.save)
        reply.saved = save(request, rule, sandbox ? sandbox->record().config : request.target.config.path);
    call->reply(proto::to_json(std::move(reply)));
}

}  // namespace isag::api

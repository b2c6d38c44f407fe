// SPDX-License-Identifier: Apache-2.0
#include "daemon/firewall/gate_plan.hpp"
#include "daemon/config/vendor_domains.hpp"

namespace isag::firewall {
namespace {

std::vector<proto::gate::Resolver> resolvers_of(const config::Config& config, const HostNetwork& host) {
    std::vector<proto::gate::Resolver> out;
    if (config.limit_network)
        for (const auto& resolver : config.limit_network->dns) out.push_back({resolver.address, resolver.port});
    if (out.empty())
        for (const auto& address : host.resolvers) out.push_back({address, 53});
    return out;
}

}  // namespace

std::vector<proto::gate::Rule> rules_of(const config::Config& config) {
    std::vector<proto::gate::Rule> out;
    if (config.limit_network)
        for (const auto& domain : config.limit_network->domains)
            out.push_back({(domain.wildcard ? "*." : "") + domain.name, domain.ports, domain.allow_private});
    for (const auto& name : config::vendor_domains(config.agent.vendor)) out.push_back({name, {}, false});
    return out;
}

const char* name_of(GateMode mode) {
    switch (mode) {
        case GateMode::limited:
            return "limited";
        case GateMode::learn:
            return "learn";
        case GateMode::open:
            break;
    }
    return "open";
}

GateMode mode_of(const config::Config& config, bool learn) {
    if (learn) return GateMode::learn;
    return config.limit_network ? GateMode::limited : GateMode::open;
}

Result<proto::gate::Configure> settings_of(const config::Config& config, GateMode mode, const HostNetwork& host) {
    proto::gate::Configure out;
    if (mode == GateMode::open) return out;
    out.rules = rules_of(config);
    out.resolvers = resolvers_of(config, host);
    out.own_addresses = host.addresses;
    out.learn = mode == GateMode::learn;
    if (out.resolvers.empty())
        return Failure{"limit_network: none of this host's resolvers can be reached from a sandbox",
                       "name one: limit_network: {dns: [ADDRESS]}"};
    return out;
}

void plan_uplink(GatePlan& plan, const engine::Info& engine, std::vector<std::string> external_networks,
                 const std::optional<std::string>& chosen) {
    plan.podman = engine.podman;
    plan.keep_id = engine.podman && engine.rootless;
    plan.external_networks = std::move(external_networks);
    plan.own_uplink = !chosen && !engine.podman;
    if (chosen) plan.network = *chosen;
    if (chosen || plan.own_uplink) return;
    // slirp4netns can't be joined by further networks.
    plan.network = engine.rootless && plan.external_networks.empty() ? "slirp4netns" : "default";
}

}  // namespace isag::firewall

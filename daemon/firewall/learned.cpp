// SPDX-License-Identifier: Apache-2.0
#include "daemon/firewall/learned.hpp"
#include "daemon/config/domain.hpp"
#include "daemon/firewall/verdict.hpp"
#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace isag::firewall {
namespace {

bool is_of_the_web(std::int64_t port) { return port == 80 || port == 443; }

// What a file may name: not an address, not a neighbour on a container network, not the gate itself.
std::optional<config::DomainRule> name_of(const proto::gate::Event& event) {
    if (event.target == proto::gate::own_name || event.target.find('.') == std::string::npos) return std::nullopt;
    auto rule = config::parse_domain(event.target);
    if (!rule || rule->wildcard || !rule->ports.empty() || event.port < 0 || event.port > 65535) return std::nullopt;
    return std::move(*rule);
}

config::Config with_limit(config::Config config) {
    if (!config.limit_network) config.limit_network.emplace();  // a file without a firewall is to get one
    return config;
}

}  // namespace

std::vector<config::DomainRule> learned_rules(const std::vector<proto::gate::Event>& allowed,
                                              const config::Config& config) {
    const auto limited = with_limit(config);
    std::map<std::string, std::set<std::int64_t>> ports;
    for (const auto& event : allowed)
        if (event.allowed && event.port > 0 && name_of(event) && !verdict(limited, {event.target, event.port}).allowed)
            ports[event.target].insert(event.port);
    std::vector<config::DomainRule> rules;
    for (const auto& [name, used] : ports) {
        auto rule = config::parse_domain(name).value();
        if (!std::all_of(used.begin(), used.end(), is_of_the_web)) rule.ports.assign(used.begin(), used.end());
        rules.push_back(std::move(rule));
    }
    return rules;
}

std::vector<config::DomainRule> remedies(const std::vector<proto::gate::Event>& refused, const config::Config& config) {
    std::vector<config::DomainRule> rules;
    for (const auto& event : refused) {
        auto rule = name_of(event);
        const auto port = event.port == 0 ? 443 : event.port;  // a name that was looked up, and not yet dialled
        if (!rule || verdict(config, {event.target, port}).allowed) continue;
        if (!is_of_the_web(port)) rule->ports = {port};
        if (std::find(rules.begin(), rules.end(), *rule) == rules.end()) rules.push_back(std::move(*rule));
    }
    return rules;
}

}  // namespace isag::firewall

// SPDX-License-Identifier: Apache-2.0
#include "daemon/firewall/verdict.hpp"
#include "common/escape.hpp"
#include "daemon/config/domain.hpp"
#include "daemon/firewall/gate_plan.hpp"
#include "daemon/gate/name.hpp"
#include "daemon/gate/policy.hpp"
#include "daemon/gate/rule_message.hpp"
#include <arpa/inet.h>
#include <charconv>
#include <optional>

namespace isag::firewall {
namespace {

bool is_address(const std::string& text) {
    in6_addr address{};
    return ::inet_pton(AF_INET, text.c_str(), &address) == 1 || ::inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

std::optional<std::int64_t> port_of(std::string_view text) {
    std::int64_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size() || port < 1 || port > 65535) return std::nullopt;
    return port;
}

// 1.2.3.4, 1.2.3.4:22, ::1, [::1], [::1]:22
std::optional<proto::gate::Check> parse_address(std::string_view text) {
    proto::gate::Check check{std::string(text), 443};
    if (is_address(check.name)) return check;
    const auto colon = text.rfind(':');
    const bool has_port = colon != std::string_view::npos && !text.ends_with(']');
    auto host = text.substr(0, has_port ? colon : text.size());
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    check.name = std::string(host);
    if (!is_address(check.name)) return std::nullopt;
    if (!has_port) return check;
    const auto port = port_of(text.substr(colon + 1));
    if (!port) return std::nullopt;
    check.port = *port;
    return check;
}

gate::Policy policy_of(const config::Config& config) {
    gate::Policy policy;
    for (const auto& rule : rules_of(config)) policy.add(gate::to_rule(rule).value());
    return policy;
}

}  // namespace

Result<proto::gate::Check> parse_host(std::string_view text) {
    if (auto address = parse_address(text)) return *address;
    const auto rule = config::parse_domain(text);
    if (!rule) return Failure{"'" + escape_controls(text) + "': " + rule.error().message};
    if (rule->wildcard || rule->ports.size() > 1)
        return Failure{"'" + escape_controls(text) + "' is more than one place", "ask about one name and one port"};
    return proto::gate::Check{rule->name, rule->ports.empty() ? 443 : rule->ports.front()};
}

proto::gate::Checked verdict(const config::Config& config, const proto::gate::Check& check) {
    if (!config.limit_network) return {true, {}, "limit_network is null: nothing is limited"};
    const auto name = gate::normalize_name(check.name);
    if (!name) return {false, {}, is_address(check.name) ? "an address: only names are allowed" : name.error().message};
    if (*name == proto::gate::own_name && check.port == 80) return {true, {}, "answered by the gate itself"};
    const auto decided = policy_of(config).decide(*name, static_cast<std::uint16_t>(check.port));
    return {decided.allowed, decided.rule, decided.why};
}

}  // namespace isag::firewall

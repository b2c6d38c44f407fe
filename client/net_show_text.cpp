// SPDX-License-Identifier: Apache-2.0
#include "client/net_show_text.hpp"
#include "client/columns.hpp"
#include "client/ps_table.hpp"
#include "common/escape.hpp"

namespace isag {
namespace {

using proto::gate::State;
using Rows = std::vector<std::vector<std::string>>;

std::string headline(const proto::net::Shown& shown) {
    if (shown.lost) return "its gate is gone: nothing is let through; start it anew";
    if (shown.state.learn) return "LEARNING, NOT PROTECTED: every public name is let through and recorded";
    if (!shown.state.limited) return "not limited (limit_network: null)";
    return "only what the rules allow is let through";
}

std::string section(const std::string& title, const Rows& rows) {
    if (rows.empty()) return {};
    return "\n" + title + "\n" + columns(rows, "  ");
}

std::string text_of(const proto::gate::Rule& rule) {
    std::string out = escape_controls(rule.name);
    for (std::size_t i = 0; i < rule.ports.size(); ++i) out += (i == 0 ? ":" : ",") + std::to_string(rule.ports[i]);
    return out;
}

std::string origin_of(const proto::gate::RuleState& rule) {
    if (!rule.live) return rule.rule.allow_private ? "isag.yaml, private addresses too" : "isag.yaml";
    if (!rule.seconds_left) return "set while it runs, until it ends";
    return "set while it runs, " + short_duration(*rule.seconds_left) + " left";
}

Rows rules_of(const State& state) {
    Rows rows;
    for (const auto& rule : state.rules)
        rows.push_back({rule.allow ? "allow" : "deny", text_of(rule.rule), origin_of(rule)});
    if (rows.empty() && state.limited) rows.push_back({"none: nothing is allowed"});
    return rows;
}

Rows names_of(const State& state) {
    Rows rows;
    for (const auto& name : state.names)
        rows.push_back(
            {escape_controls(name.name), escape_controls(name.address), std::to_string(name.connections) + " open"});
    return rows;
}

Rows resolvers_of(const State& state) {
    Rows rows;
    for (const auto& resolver : state.resolvers)
        rows.push_back({escape_controls(resolver.address) +
                        (resolver.port == 53 ? "" : ", port " + std::to_string(resolver.port))});
    return rows;
}

Rows siblings_of(const State& state) {
    Rows rows;
    for (const auto& sibling : state.siblings) {
        std::string addresses;
        for (const auto& address : sibling.addresses) addresses += (addresses.empty() ? "" : ", ") + address;
        rows.push_back({escape_controls(sibling.name), escape_controls(addresses)});
    }
    return rows;
}

}  // namespace

std::string net_show_text(const proto::net::Shown& shown) {
    std::string out = escape_controls(shown.sandbox) + ": " + headline(shown) + "\n";
    if (shown.lost) return out;
    const State& state = shown.state;
    out += section("RULES, the first that fits decides", rules_of(state));
    out += section("NAMES, with the addresses that stand for them inside", names_of(state));
    out += section("RESOLVERS", resolvers_of(state));
    out += section("SIBLINGS on external networks", siblings_of(state));
    return out + "\n" + std::to_string(state.refused) + " refused, " + short_size(state.bytes_sent) + " sent, " +
           short_size(state.bytes_received) + " received\n";
}

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/policy.hpp"
#include "daemon/gate/name.hpp"
#include "daemon/gate/rule_message.hpp"
#include "proto/json_text.hpp"
#include "tests/fuzz/require.hpp"
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

// A line with the rules that a gate is told, and a name to ask them for. A policy allows only what one of its rules
// says, and a rule is the same after it was told on.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace isag::gate;
    using isag::fuzz::require;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto line_end = input.find('\n');
    const auto object = isag::proto::parse_object(input.substr(0, line_end));
    if (!object) return 0;
    const auto configure = isag::proto::from_json<isag::proto::gate::Configure>(*object, "configure");
    if (!configure) return 0;
    std::vector<Rule> rules;
    for (const auto& told : configure->rules) {
        const auto rule = to_rule(told);
        if (!rule) return 0;
        require(to_rule(from_rule(*rule)).value() == *rule);
        rules.push_back(*rule);
    }
    const Policy policy(rules);
    const auto name = normalize_name(line_end == input.npos ? "example.com" : input.substr(line_end + 1));
    if (!name) return 0;
    const auto fits = [&](const Rule& rule, std::uint16_t port) {
        const bool named = rule.wildcard ? name->ends_with("." + rule.name) : *name == rule.name;
        return named &&
               (rule.ports.empty() || std::find(rule.ports.begin(), rule.ports.end(), port) != rule.ports.end());
    };
    for (const std::uint16_t port : {22, 443, 65535}) {
        const bool expected =
            std::any_of(rules.begin(), rules.end(), [&](const Rule& rule) { return fits(rule, port); });
        require(policy.decide(*name, port).allowed == expected);
        require(!expected || policy.knows(*name));
    }
    return 0;
}

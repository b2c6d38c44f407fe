// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/rule_message.hpp"
#include "daemon/gate/name.hpp"
#include <utility>

namespace isag::gate {

Result<Rule> to_rule(const proto::gate::Rule& rule) {
    Rule out;
    out.wildcard = rule.name.starts_with("*.");
    auto name = normalize_name(std::string_view(rule.name).substr(out.wildcard ? 2 : 0));
    if (!name) return name.error();
    out.name = std::move(*name);
    out.allow_private = rule.allow_private;
    for (const auto port : rule.ports) {
        if (port < 1 || port > 65535) return Failure{std::to_string(port) + " is no port"};
        out.ports.push_back(static_cast<std::uint16_t>(port));
    }
    return out;
}

proto::gate::Rule from_rule(const Rule& rule) {
    return {(rule.wildcard ? "*." : "") + rule.name, {rule.ports.begin(), rule.ports.end()}, rule.allow_private};
}

}  // namespace isag::gate

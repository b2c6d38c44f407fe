// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/config.hpp"
#include "daemon/config/defaults.hpp"

namespace isag::config {

const char* name_of(Vendor vendor) { return vendor == Vendor::claude ? "claude" : "codex"; }

const char* name_of(Clipboard clipboard) {
    return clipboard == Clipboard::ask ? "ask" : clipboard == Clipboard::allow ? "allow" : "deny";
}

Config default_config() {
    Config config;
    LimitNetwork& network = config.limit_network.emplace();
    for (const auto name : default_domains) {
        DomainRule rule;
        rule.name = name;
        network.domains.push_back(std::move(rule));
    }
    config.protect.assign(default_protect.begin(), default_protect.end());
    return config;
}

}  // namespace isag::config

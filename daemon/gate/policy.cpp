// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/policy.hpp"
#include <algorithm>

namespace isag::gate {
namespace {

bool takes_port(const Rule& rule, std::uint16_t port) {
    return rule.ports.empty() || std::find(rule.ports.begin(), rule.ports.end(), port) != rule.ports.end();
}

}  // namespace

std::string Rule::text() const {
    std::string out = (wildcard ? "*." : "") + name;
    for (std::size_t i = 0; i < ports.size(); ++i) out += (i == 0 ? ":" : ",") + std::to_string(ports[i]);
    return out;
}

Policy::Policy(const std::vector<Rule>& rules) {
    for (const auto& rule : rules) add(rule);
}

// The name's own rules first, then those of each zone above it, the nearest first: the most exact one decides.
template <class F>
void Policy::for_each_match(std::string_view name, F&& take) const {
    if (const auto own = exact_.find(name); own != exact_.end())
        for (const auto& rule : own->second) take(rule);
    for (auto dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.', dot + 1))
        if (const auto zone = below_.find(name.substr(dot + 1)); zone != below_.end())
            for (const auto& rule : zone->second) take(rule);
}

bool Policy::knows(std::string_view name) const {
    bool found = false;
    for_each_match(name, [&](const Rule&) { found = true; });
    return found;
}

Verdict Policy::decide(std::string_view name, std::uint16_t port) const {
    Verdict verdict;
    std::string other_port;
    for_each_match(name, [&](const Rule& rule) {
        if (!takes_port(rule, port)) {
            if (other_port.empty()) other_port = rule.text();
            return;
        }
        if (verdict.rule.empty()) verdict.rule = rule.text();
        verdict.allowed = true;
        verdict.allow_private = verdict.allow_private || rule.allow_private;
    });
    if (verdict.allowed) {
        verdict.why = "allowed by " + verdict.rule;
    } else if (!other_port.empty()) {
        verdict.rule = other_port;
        verdict.why = "port " + std::to_string(port) + " is not among those of " + other_port;
    } else {
        verdict.why = "no rule names " + std::string(name);
    }
    return verdict;
}

bool Policy::add(const Rule& rule) {
    auto& list = (rule.wildcard ? below_ : exact_)[rule.name];
    if (std::find(list.begin(), list.end(), rule) != list.end()) return false;
    list.push_back(rule);
    return true;
}

bool Policy::remove(const Rule& rule) {
    auto& table = rule.wildcard ? below_ : exact_;
    const auto list = table.find(rule.name);
    if (list == table.end() || std::erase(list->second, rule) == 0) return false;
    if (list->second.empty()) table.erase(list);
    return true;
}

std::vector<Rule> Policy::rules() const {
    std::vector<Rule> out;
    for (const auto* table : {&exact_, &below_})
        for (const auto& [name, list] : *table) out.insert(out.end(), list.begin(), list.end());
    return out;
}

}  // namespace isag::gate

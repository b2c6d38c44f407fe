// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/policy.hpp"
#include <algorithm>

namespace isag::gate {
namespace {

bool takes_port(const Rule& rule, std::uint16_t port) {
    return rule.ports.empty() || std::find(rule.ports.begin(), rule.ports.end(), port) != rule.ports.end();
}

bool fits(const Rule& rule, std::string_view name) {
    if (!rule.wildcard) return rule.name == name;
    return name.size() > rule.name.size() + 1 && name.ends_with(rule.name) &&
           name[name.size() - rule.name.size() - 1] == '.';
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
    for (const auto& live : live_) {
        if (!fits(live.rule, name)) continue;
        if (live.allow) return true;
        if (live.rule.ports.empty()) return false;
    }
    bool found = false;
    for_each_match(name, [&](const Rule&) { found = true; });
    return found;
}

Verdict Policy::decide(std::string_view name, std::uint16_t port) const {
    Verdict verdict;
    for (const auto& live : live_) {
        if (!fits(live.rule, name) || !takes_port(live.rule, port)) continue;
        verdict.allowed = live.allow;
        verdict.denied = !live.allow;
        verdict.allow_private = live.allow && live.rule.allow_private;
        verdict.rule = live.rule.text();
        verdict.why = (live.allow ? "allowed by " : "denied by ") + verdict.rule + ", set while it runs";
        return verdict;
    }
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

bool Policy::change(LiveRule rule) {
    std::erase_if(live_, [&](const LiveRule& other) {
        return other.rule.wildcard == rule.rule.wildcard && other.rule.name == rule.rule.name &&
               other.rule.ports == rule.rule.ports;
    });
    if (live_.size() >= most_live) return false;
    live_.push_front(std::move(rule));
    return true;
}

bool Policy::expire(std::chrono::steady_clock::time_point now) {
    return std::erase_if(live_, [&](const LiveRule& rule) { return rule.until && *rule.until <= now; }) != 0;
}

std::optional<std::chrono::steady_clock::time_point> Policy::next_end() const {
    std::optional<std::chrono::steady_clock::time_point> next;
    for (const auto& rule : live_)
        if (rule.until && (!next || *rule.until < *next)) next = rule.until;
    return next;
}

}  // namespace isag::gate

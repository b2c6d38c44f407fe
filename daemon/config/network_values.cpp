// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/network_values.hpp"
#include "daemon/config/domain.hpp"
#include "daemon/config/section.hpp"
#include "daemon/config/values.hpp"
#include <utility>

namespace isag::config {
namespace {

constexpr const char* domain_form = "a name such as example.com, *.example.com or example.com:443";

Section<DomainRule> entry_keys() {
    return {{
        whole<DomainRule>("name", DomainText{}),
        key({"allow_private"}, &DomainRule::allow_private, Flag{}),
    }};
}

}  // namespace

bool DomainText::read(const Spot& spot, DomainRule& out) const {
    const auto text = spot.text(domain_form);
    if (!text) return false;
    auto rule = parse_domain(*text);
    if (!rule) return spot.wrong("found " + describe(spot.node()) + ": " + rule.error().message);
    out = std::move(*rule);
    return true;
}

bool DomainEntry::read(const Spot& spot, DomainRule& out) const {
    if (!spot.node().is_map()) return DomainText{}.read(spot, out);
    if (!entry_keys().read(spot, out)) return false;
    if (out.name.empty()) return spot.wrong("the key name is missing; allowed: name, allow_private");
    return true;
}

Node DomainEntry::write(const DomainRule& value) const {
    return value.allow_private ? entry_keys().write(value) : DomainText{}.write(value);
}

bool ResolverText::read(const Spot& spot, Resolver& out) const {
    const auto text = spot.text("an IPv4 address, 1.1.1.1, or with a port, 1.1.1.1:5353");
    if (!text) return false;
    auto resolver = parse_resolver(*text);
    if (!resolver) return spot.wrong("found " + describe(spot.node()) + "; " + resolver.error().message);
    out = std::move(*resolver);
    return true;
}

}  // namespace isag::config

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/config/config.hpp"
#include "daemon/config/spot.hpp"

// The kinds of values (see values.hpp) of limit_network.
namespace isag::config {

// A rule as text, `*.example.com:443`, without allow_private.
struct DomainText {
    bool read(const Spot& spot, DomainRule& out) const;
    Node write(const DomainRule& value) const { return Node::string(value.text()); }
};

// The same, or a map {name: intranet.example.com, allow_private: true}.
struct DomainEntry {
    bool read(const Spot& spot, DomainRule& out) const;
    Node write(const DomainRule& value) const;
};

struct ResolverText {
    bool read(const Spot& spot, Resolver& out) const;
    Node write(const Resolver& value) const { return Node::string(value.text()); }
};

}  // namespace isag::config

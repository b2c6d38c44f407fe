// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/config/config.hpp"
#include "proto/gate.hpp"
#include <vector>

namespace isag::firewall {

// The fewest rules that would allow what was allowed while learning, without what the config and the vendor's own names
// allow already; by name. A name of which ports 443 and 80 alone were used stands for any port, as people write it.
std::vector<config::DomainRule> learned_rules(const std::vector<proto::gate::Event>& allowed,
                                              const config::Config& config);

// The rules that would let through what was refused, the most frequent first, each once; none for what no rule lets
// through (an address, a ClientHello that names something else, a private address).
std::vector<config::DomainRule> remedies(const std::vector<proto::gate::Event>& refused, const config::Config& config);

}  // namespace isag::firewall

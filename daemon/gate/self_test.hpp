// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/gate/nft.hpp"
#include "daemon/gate/rules.hpp"

namespace isag::gate {

// Proves that the rules do what they are for, before anybody else is in the namespace: what has no mark is refused at
// once, over IPv6 too, what has it passes, and what is loaded is what was meant to be. No packet gets further than to
// the first router. Throws Error with what is wrong.
void self_test(const Nft& nft, const RuleInput& input);

}  // namespace isag::gate

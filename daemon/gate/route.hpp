// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace isag::gate {

// Leads 198.18.0.0/15 to the loopback interface, so that a connection to a synthetic address gets as far as the rules
// in a namespace without a default route too, and isn't routed a second time after it was redirected. Throws Error.
void add_synthetic_route();

}  // namespace isag::gate

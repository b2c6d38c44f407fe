// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/config/config.hpp"
#include <string>
#include <vector>

namespace isag::config {

// The names that a vendor's CLI can't work without; allowed whatever limit_network.domains says.
std::vector<std::string> vendor_domains(Vendor vendor);

}  // namespace isag::config

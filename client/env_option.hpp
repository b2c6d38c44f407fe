// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/environment.hpp"
#include <string>
#include <vector>

namespace isag {

// The variables of -e K=V. K alone takes its value from `own`, and is left out where that has none. Throws Error of
// kind usage where there is no name, or where K alone can't be one.
Environment extra_environment(const std::vector<std::string>& given, const Environment& own);

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/gate/shared.hpp"
#include <string>
#include <string_view>

namespace isag::gate {

// What the sandbox is told: the synthetic address of an allowed name, or why there is none (security.md N1). Nobody
// else is asked. Empty: no answer can be made.
std::string answer_query(Shared& shared, std::string_view packet);

}  // namespace isag::gate

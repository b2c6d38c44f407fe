// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/gate/shared.hpp"
#include <string>
#include <string_view>

namespace isag::gate {

// What http://isag.internal/ tells a program or an agent that was refused something: "/" as text, "/json" as JSON.
// Empty: there is no such page. Pure. It says nothing of the host or of other sandboxes.
std::string page(std::string_view path, const Shared& shared);

}  // namespace isag::gate

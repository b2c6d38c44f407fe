// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/sandbox/control_groups.hpp"
#include "daemon/sandbox/plan.hpp"
#include <optional>
#include <string>

namespace isag::sandbox {

// What to tell the person where the engine took the plan's limits (security.md S4) and does not enforce them, as
// rootless engines do without cgroups version 2; nothing where all of them hold. `groups` are those of the container.
std::optional<std::string> limits_notice(const ControlGroups& groups, const Plan& plan);

}  // namespace isag::sandbox

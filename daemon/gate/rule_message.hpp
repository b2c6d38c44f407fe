// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include "daemon/gate/policy.hpp"
#include "proto/gate.hpp"

// A rule as isagd says it and as a policy has it.
namespace isag::gate {

Result<Rule> to_rule(const proto::gate::Rule& rule);
proto::gate::Rule from_rule(const Rule& rule);

}  // namespace isag::gate

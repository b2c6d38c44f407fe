// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "proto/api.hpp"
#include <string>
#include <vector>

namespace isag {

// The name of the one sandbox of that isag.yaml (an absolute path). Throws Error of kind usage where there is none
// (saying how to start one) or several (naming them).
std::string only_sandbox_of(const std::vector<proto::SandboxInfo>& sandboxes, const std::string& config);

}  // namespace isag

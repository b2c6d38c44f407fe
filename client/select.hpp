// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/context.hpp"
#include "proto/api.hpp"
#include <string>
#include <vector>

namespace isag {

// The name of the one sandbox of that isag.yaml (an absolute path). Throws Error of kind usage where there is none
// (saying how to start one) or several (naming them).
std::string only_sandbox_of(const std::vector<proto::SandboxInfo>& sandboxes, const std::string& config);

// What the person means by isag-NAME, which is the sandbox's name as ssh's host: NAME, unless a running sandbox has
// that very name, or none begins with the rest of it. Everything else is as given. Throws Error.
std::string without_host_prefix(const Context& context, const std::string& given);

}  // namespace isag

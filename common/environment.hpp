// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <optional>
#include <string>

namespace isag {

// Variables by name, sorted, as a process gets them.
using Environment = std::map<std::string, std::string>;

// This process's own variables. Entries without '=' are left out.
Environment current_environment();

std::optional<std::string> find(const Environment& environment, const std::string& name);

}  // namespace isag

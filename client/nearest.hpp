// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace isag {

// The known word that the given one is probably a slip of: at most a third of its letters (one at least) differ.
std::optional<std::string> nearest(const std::string& given, const std::vector<std::string>& known);

}  // namespace isag

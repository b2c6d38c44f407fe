// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

namespace isag {

// Rows of cells (already fit for a terminal) as lines of aligned columns, two spaces between them.
std::string columns(const std::vector<std::vector<std::string>>& rows, const std::string& indent = {});

}  // namespace isag

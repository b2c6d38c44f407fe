// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace isag {

// Rows of cells (already fit for a terminal) as lines of aligned columns, two spaces between them.
std::string columns(const std::vector<std::vector<std::string>>& rows, const std::string& indent = {});

// The start of valid UTF-8 text, at most that many characters.
std::string first_characters(const std::string& text, std::size_t characters);

}  // namespace isag

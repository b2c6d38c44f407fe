// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace isag::config {

// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other (optimal string
// alignment).
std::size_t edit_distance(std::string_view a, std::string_view b);

// The known full key name ("container.python") that a person most likely meant by `name` inside `section`: one of the
// section with at most two slips, else one of the same last name elsewhere. Empty where none is near.
std::string nearest_key(const std::string& section, const std::string& name, const std::vector<std::string>& known);

}  // namespace isag::config

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace isag {

// Keys separated by commas, each a letter or ctrl-X, as docker's --detach-keys has them: of each the forms of which a
// terminal sends one. Empty: no keys. Nothing: they are none.
std::optional<std::vector<std::vector<std::string>>> parse_keys(std::string_view text);

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string_view>
#include <vector>

namespace isag {

// A key: what it types, or what it types without Control.
struct Key {
    char character = 0;
    bool control = false;
};

// Keys separated by commas, each a letter or ctrl-X, as docker's --detach-keys has them. Empty: no keys. Nothing: they
// are none.
std::optional<std::vector<Key>> parse_keys(std::string_view text);

}  // namespace isag

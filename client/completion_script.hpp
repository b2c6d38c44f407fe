// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>

namespace isag {

// The script for "bash", "zsh" or "fish"; none for another shell. It asks `isag completion words`, which prints a word
// a line, behind a tab what it means, and ":files" where a file may stand.
std::optional<std::string> completion_script(const std::string& shell);

}  // namespace isag

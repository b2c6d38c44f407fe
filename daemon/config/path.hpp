// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/environment.hpp"
#include "common/error.hpp"
#include <filesystem>
#include <string>
#include <string_view>

namespace isag::config {

// ~ and ~/ at the start become HOME, $VAR and ${VAR} the variable's value, $$ a dollar sign. A variable that is not
// set, or empty HOME, is a failure.
Result<std::string> expand(std::string_view text, const Environment& environment);

// A host path as the file has it, made absolute from `base` and lexically normal, without a slash at its end.
Result<std::filesystem::path> host_path(std::string_view text, const std::filesystem::path& base,
                                        const Environment& environment);

// A path inside the container: absolute, not "/", no "..".
Result<std::filesystem::path> container_path(std::string_view text);

// The text that expand() makes this path of.
std::string escape_path(const std::filesystem::path& path);

}  // namespace isag::config

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/environment.hpp"
#include "common/error.hpp"
#include <filesystem>
#include <string_view>
#include <sys/types.h>

namespace isag::sandbox {

// NAME=VALUE a line; blank lines and lines that start with # are passed over, `export ` in front and one pair of quotes
// around a value are taken off. Failure, with the line's number, for anything else and for names that change how
// programs are loaded (LD_* and its like). Pure.
Result<Environment> parse_env_file(std::string_view text, const std::string& name);

// Reads it: a regular file, reached through no link, the person's own, at most 64 KiB (security.md D4).
Result<Environment> read_env_file(const std::filesystem::path& path, uid_t owner);

}  // namespace isag::sandbox

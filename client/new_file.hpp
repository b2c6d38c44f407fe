// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace isag {

// Throws Error where something of that name is there, a dangling link too.
void refuse_existing(const std::filesystem::path& path);

// Like write_file(), but never in the place of something: throws Error where the name is taken, even in the last
// moment.
void write_new_file(const std::filesystem::path& path, std::string_view content, mode_t mode);

// "~/src/web" for a path at or below home, else the path.
std::string in_home_form(const std::filesystem::path& path, const std::filesystem::path& home);

}  // namespace isag

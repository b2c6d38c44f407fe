// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace isag {

// The whole file; a larger one than limit bytes is a failure.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit = 16 << 20);

// no: the file need not survive the machine's crash, only ours, and the disk is not waited for.
enum class Sync { yes, no };

// Puts content in place in one step (temporary file beside it, fsync, rename), so that a reader sees the old file or
// the new one. Throws Error; the old file is then still there and no temporary is left: only a process that is killed
// in the middle leaves one.
void write_file(const std::filesystem::path& path, std::string_view content, mode_t mode = 0600, Sync sync = Sync::yes);
// Removes such temporaries from a folder in which nobody writes at the time.
void remove_unfinished(const std::filesystem::path& folder);

}  // namespace isag

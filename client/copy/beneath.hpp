// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include <string>
#include <sys/types.h>

namespace isag {

// Opens a path below that folder (empty: the folder itself), which never leads out of it, through a link or by "..",
// whatever is changed meanwhile: openat2(2) with RESOLVE_BENEATH, RESOLVE_NO_SYMLINKS and RESOLVE_NO_MAGICLINKS. None,
// with errno, where it can't be opened. Throws Error where the kernel has no openat2 (before 5.6).
UniqueFd open_beneath(const UniqueFd& folder, const std::string& path, int flags, mode_t mode = 0);

// "a/b/c" as "a/b" and "c"; "c" as "" and "c".
struct BeneathPath {
    explicit BeneathPath(const std::string& path);
    std::string folder;
    std::string base;
};

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include <filesystem>
#include <string>
#include <vector>

namespace isag::sandbox {

// The paths below root that match, sorted. `*`, `?` and `[…]` match within one name (fnmatch(3)), a part `**` any
// number of folders. Links are matched, never entered. A failure where more than 1000 match or three million files
// were looked at: an agent may have filled the tree. May take seconds.
Result<std::vector<std::filesystem::path>> expand_glob(const std::filesystem::path& root, const std::string& pattern);

}  // namespace isag::sandbox

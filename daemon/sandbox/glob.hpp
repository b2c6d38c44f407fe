// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace isag::sandbox {

// The paths below root that match, sorted. `*`, `?` and `[…]` match within one name (fnmatch(3)), a part `**` any
// number of folders. Links are matched, never entered.
std::vector<std::filesystem::path> expand_glob(const std::filesystem::path& root, const std::string& pattern);

}  // namespace isag::sandbox

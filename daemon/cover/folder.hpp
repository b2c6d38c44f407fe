// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include <string>
#include <vector>

namespace isag::cover {

// Not through a link; nothing, with errno, where it can't be opened.
UniqueFd open_folder(int at, const std::string& name);

// Their names, without . and .. Throws Error where they can't all be read.
std::vector<std::string> names_in(const UniqueFd& folder);

}  // namespace isag::cover

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include <string>
#include <vector>

namespace isag::image {

struct NamedFile {
    std::string name;  // relative to the build context
    std::string content;
};

// A tar archive of these files whose bytes depend on names and contents alone: sorted, owned by root, mode 0644, time
// 0.
Result<std::string> make_context(std::vector<NamedFile> files);

}  // namespace isag::image

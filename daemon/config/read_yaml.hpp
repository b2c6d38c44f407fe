// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/config/load.hpp"
#include "daemon/config/node.hpp"
#include <string_view>
#include <vector>

namespace isag::config {

struct Document {
    Node root;                      // null for an empty file
    std::vector<Finding> findings;  // why there is no usable root
};

// Reads one YAML document: at most 1 MiB, UTF-8 without control characters, aliases copied in place, and limits on
// depth and on the number of nodes (aliases counted as often as they are used).
Document read_yaml(std::string_view text);

}  // namespace isag::config

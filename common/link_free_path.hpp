// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include "common/unique_fd.hpp"
#include <filesystem>

namespace isag {

// A host path that was opened without following a link that anybody but root could have made, held open.
struct LinkFreePath {
    std::filesystem::path path;  // without links
    UniqueFd fd;                 // O_PATH
};

// Opens an absolute path. Links that root made in root's folders (/var/run, a linked /home) are followed; any other
// link on the way is a failure that names where it points. A missing path is a failure too.
Result<LinkFreePath> open_link_free(const std::filesystem::path& path);

}  // namespace isag

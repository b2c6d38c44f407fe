// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/archive_writer.hpp"
#include "common/unique_fd.hpp"
#include <cstdint>
#include <vector>

namespace isag {

// Which parts of a file's first `size` bytes are no holes (lseek(2), SEEK_DATA). Empty for one without holes, and for
// one with more than a few thousand, whose holes are then read as zeros.
std::vector<ArchiveExtent> extents_of(const UniqueFd& file, std::int64_t size);

}  // namespace isag

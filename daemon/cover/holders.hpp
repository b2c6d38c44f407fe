// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include "proto/cover.hpp"
#include <vector>

namespace isag::cover {

struct Place {
    proto::cover::Cover cover;
    UniqueFd below;  // what the cover lies over
    UniqueFd path;   // what the sandbox opens there
};

// Throws Error where the sandbox could go on as if these were not covered: a process has something there open (or
// works there, or has mounts of its own) from before it was covered, and could reach below by it; a file has a second
// name (link(2)), or is being written although it became read-only. What can't be told counts as so. `processes` is
// their proc(5).
void check_unheld(const std::vector<Place>& places, const UniqueFd& processes);

}  // namespace isag::cover

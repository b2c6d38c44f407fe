// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/copy/place.hpp"
#include "client/copy/plan.hpp"
#include "common/unique_fd.hpp"
#include <string>

namespace isag {

// Where a copy to the host goes, held open. A link on the way is refused unless root made it, since an agent could
// have; one at the end is a file, to be replaced, unless it leads to a folder: then it is refused too, since it can't
// be told which of the two is meant.
struct HostDestination {
    CopyTarget target = CopyTarget::missing;
    UniqueFd folder;  // O_PATH: the destination itself where it is a folder, else its parent
};
// Throws Error for such a link, and where the parent is not there.
HostDestination open_host_destination(const std::string& path);

// What is to be copied from the host: a file, folder or link, O_PATH. With `follow` links are followed on the way and
// at the end; else one at the end is the source itself, and one on the way is refused unless root made it. Throws
// Error.
UniqueFd open_host_source(const std::string& path, bool follow);

}  // namespace isag

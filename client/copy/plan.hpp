// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/copy/place.hpp"
#include "common/error.hpp"
#include <string>

namespace isag {

// What is at a destination; a link is a file, unless it is one that is followed to a folder.
enum class CopyTarget { missing, file, folder };

// Where the source's top entry goes.
struct CopyPlan {
    bool into = false;     // into the destination, else beside it: into its parent
    std::string top = {};  // its name there; empty: what is in the source goes there, and it is a folder
};

// As docker cp decides. The destination is shown in messages as `shown`.
Result<CopyPlan> plan_copy(bool source_is_folder, const CopyName& source, CopyTarget target,
                           const CopyName& destination, const std::string& shown);

}  // namespace isag

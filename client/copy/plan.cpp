// SPDX-License-Identifier: Apache-2.0
#include "client/copy/plan.hpp"

namespace isag {

Result<CopyPlan> plan_copy(bool source_is_folder, const CopyName& source, CopyTarget target,
                           const CopyName& destination, const std::string& shown) {
    if (source.must_be_folder && !source_is_folder)
        return Failure{"what is to be copied is no folder", "leave out the slash behind it"};
    if (target == CopyTarget::folder) return CopyPlan{true, source.contents ? "" : source.base};
    if (target == CopyTarget::file) {
        if (source_is_folder)
            return Failure{"cannot copy a folder to " + shown + ", which is a file",
                           "name a folder, or a new one's name"};
        if (destination.must_be_folder)
            return Failure{shown + " is no folder", "leave out the slash behind it, to replace it"};
        return CopyPlan{false, destination.base};
    }
    if (destination.contents || (destination.must_be_folder && !source_is_folder))
        return Failure{"there is no folder " + shown, "make it first, or leave out the slash to copy under that name"};
    return CopyPlan{false, destination.base};
}

}  // namespace isag

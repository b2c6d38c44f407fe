// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include <string>
#include <string_view>

namespace isag {

// The name of an archive's entry as a path below its folder: "./" before it and "/" behind it are gone, empty for the
// folder itself. An absolute name, an empty one, one with "..", "." or an empty part, or one of more than 4095 bytes is
// a failure (security.md F7): a name is refused, never mended.
Result<std::string> checked_entry_name(std::string_view name);

// Entry names relative to the first one, which is the source itself: its last part is whatever the other side calls it.
class EntryRoot {
public:
    // The path below the source; empty for the source itself. A failure where a later entry is not below the first.
    Result<std::string> below(std::string_view name);

private:
    bool known_ = false;
    std::string root_;
};

}  // namespace isag

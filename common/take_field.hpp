// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <string_view>

namespace isag {

// What stands before the separator, or all of it where there is none; `text` becomes what stands after it.
inline std::string_view take_field(std::string_view& text, char separator) {
    const auto end = std::min(text.find(separator), text.size());
    const std::string_view field = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return field;
}

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string_view>

namespace isag {

// The last lines of a text; one at its end that no newline ends counts too.
inline std::string_view last_lines(std::string_view text, std::size_t count) {
    if (count == 0) return {};
    std::size_t at = text.size();
    if (at > 0 && text[at - 1] == '\n') --at;
    for (; at > 0; --at)
        if (text[at - 1] == '\n' && --count == 0) break;
    return text.substr(at);
}

}  // namespace isag

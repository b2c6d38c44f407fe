// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/terminal/screen.hpp"
#include <string_view>

namespace isag::terminal {

inline Screen screen_with(std::string_view output, proto::TerminalSize size = {3, 10}) {
    Screen screen(size);
    screen.feed(output);
    return screen;
}

inline std::size_t occurrences(std::string_view text, std::string_view what) {
    std::size_t found = 0;
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++found;
    return found;
}

}  // namespace isag::terminal

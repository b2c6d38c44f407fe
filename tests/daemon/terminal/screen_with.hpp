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

}  // namespace isag::terminal

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "proto/api.hpp"
#include <utility>

namespace isag::terminal {

// TIOCSWINSZ (ioctl_tty(2)): the programs on the terminal get SIGWINCH. Sizes beyond 65,535 are cut.
void set_terminal_size(int terminal, const proto::TerminalSize& size);

// What a Screen has room for.
inline constexpr int largest_size = 1000;
// Rows and columns of a Screen of that size: a wide character brings libvterm 0.1.4 down where there is no second
// column.
std::pair<int, int> bounded(const proto::TerminalSize& size);

}  // namespace isag::terminal

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "proto/api.hpp"

namespace isag::terminal {

// TIOCSWINSZ (ioctl_tty(2)): the programs on the terminal get SIGWINCH. Sizes beyond 65,535 are cut.
void set_terminal_size(int terminal, const proto::TerminalSize& size);

}  // namespace isag::terminal

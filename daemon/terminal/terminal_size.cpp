// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/terminal_size.hpp"
#include <algorithm>
#include <sys/ioctl.h>

namespace isag::terminal {

void set_terminal_size(int terminal, const proto::TerminalSize& size) {
    const auto cut = [](std::int64_t value) {
        return static_cast<unsigned short>(std::clamp<std::int64_t>(value, 1, 65535));
    };
    winsize wanted{};
    wanted.ws_row = cut(size.rows);
    wanted.ws_col = cut(size.columns);
    ::ioctl(terminal, TIOCSWINSZ, &wanted);
}

std::pair<int, int> bounded(const proto::TerminalSize& size) {
    return {std::clamp<std::int64_t>(size.rows, 1, largest_size),
            std::clamp<std::int64_t>(size.columns, 2, largest_size)};
}

}  // namespace isag::terminal

// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/painted_screen.hpp"
#include "daemon/terminal/saved_cursor.hpp"
#include <cstddef>

namespace isag::terminal {

std::string PaintedScreen::text() const {
    std::string out;
    for (const auto& line : lines_) out += (&line == &lines_.front() ? "" : "\r\n") + line;
    return out;
}

std::string PaintedScreen::over(int rows) const {
    const auto count = static_cast<std::size_t>(rows);
    const std::size_t above = lines_.size() > count ? lines_.size() - count : 0;  // would have scrolled off
    std::string out = "\x1b[?7l";  // a line longer than the terminal is cut, not wrapped
    for (std::size_t row = 0; row < count; ++row) {
        // Erased before it is written: behind its last column the cursor would erase that one.
        const bool is_last = row + 1 == count && row > 0;
        out += cursor_sequence(static_cast<int>(row), 0) + "\x1b#5" + (is_last ? "\x1b[J" : "\x1b[K");
        if (above + row < lines_.size()) out += lines_[above + row];
    }
    return out + "\x1b[?7h";
}

}  // namespace isag::terminal

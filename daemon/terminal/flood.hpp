// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

// Text that scrolls by faster than anybody reads, and than libvterm takes it.
namespace isag::terminal {

// Whole characters, newlines, carriage returns, tabs, and whole SGR sequences, nothing else.
bool is_text(std::string_view output);

// Of such text what leaves a screen as the whole of it would, where that shows its last lines alone: the last `kept`
// lines, the pen and the column with which they begin. `column` of `columns` is where the cursor was, the whole screen
// scrolls, and lines wrap. Text in which it can't be said is returned whole.
std::string last_of(std::string_view text, std::size_t kept, int column, int columns);

}  // namespace isag::terminal

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vterm.h>

// What to write to a terminal so that it shows these cells.
namespace isag::terminal {

// The SGR sequence that makes a pen in any state that of the cell.
std::string pen_sequence(const VTermScreenCell& cell);
// And the one that makes it the pen with which the terminal writes now.
std::string pen_sequence(const VTermState* state);
// The number of the font of that pen.
int font_of(const VTermState* state);

VTermScreenCell cell_at(const VTermScreen* screen, int row, int column);

// What writes the character of a cell, a blank where it is half of one. `intro` comes before it, behind its pen.
std::string cell_text(const VTermScreenCell& cell, bool reversed, std::string_view intro);

// A line from its left end; blanks at its right end that have no colour are left out. Leaves the pen as it is by
// default. `reversed`: the whole screen is (DECSCNM), as the cells already show.
std::string line_text(const VTermScreenCell* cells, int count, bool reversed);

// The current screen from its upper left corner, line by line.
std::string screen_text(VTerm* terminal, bool reversed);

}  // namespace isag::terminal

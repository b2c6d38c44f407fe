// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/terminal/cell_marks.hpp"
#include <string>
#include <string_view>
#include <vector>
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

// The cell of the character that ends before a place in its row; an empty one where there is none.
VTermScreenCell character_before(const VTermScreen* screen, VTermPos place);

// The character of a cell with those it is combined with (UTF-8); a blank where it has none.
std::string characters_of(const VTermScreenCell& cell);

// Begins a link, given as an OSC 8 gives it; empty: ends the one that is open.
std::string link_sequence(std::string_view link);

// What writes the character of a cell, a blank where it is half of one. `intro` comes before it, behind its pen. No
// link is open then.
std::string cell_text(const VTermScreenCell& cell, const CellMark* mark, bool reversed, std::string_view intro);

// A line from its left end; blanks at its right end that have no colour are left out. Leaves the pen as it is by
// default, and no link open. `reversed`: the whole screen is (DECSCNM), as the cells already show. `marks`: one for
// each cell, none where that has none; nullptr: no cell has one. Links are left out beyond most_link_bytes.
std::string line_text(const VTermScreenCell* cells, int count, bool reversed, const CellMark* const* marks);
inline constexpr std::size_t most_link_bytes = std::size_t{64} << 10;

// The lines of the current screen.
std::vector<std::string> screen_lines(VTerm* terminal, bool reversed, const CellMarks& marks);

}  // namespace isag::terminal

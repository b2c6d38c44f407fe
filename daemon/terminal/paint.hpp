// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vterm.h>

// What to write to a terminal so that it shows these cells.
namespace isag::terminal {

// The SGR sequence that makes a pen in any state that of the cell.
std::string pen_sequence(const VTermScreenCell& cell);

// A line from its left end; blanks at its right end that have no colour are left out. Leaves the pen as it is by
// default. `reversed`: the whole screen is (DECSCNM), as the cells already show.
std::string line_text(const VTermScreenCell* cells, int count, bool reversed);

}  // namespace isag::terminal

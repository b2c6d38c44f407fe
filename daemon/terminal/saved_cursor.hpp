// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/sequence_scanner.hpp"
#include <string>
#include <string_view>

namespace isag::terminal {

// Moves to a row and a column, counted from 0 (CUP).
std::string cursor_sequence(int row, int column);

// The cursor as a program saved it (DECSC and its kin); as it is here where none was.
struct SavedCursor {
    int row = 0;     // on the screen,
    int column = 0;  // whatever the origin is
    std::string pen = "\x1b[0m";
    bool origin = false;        // origin mode is on,
    bool line_drawing = false;  // and G0 is line drawing

    // The modes that are restored with it.
    std::string modes() const;
    // What makes a terminal save this, which is in its usual modes; empty where none was saved. The cursor and the pen
    // change.
    std::string save_sequence() const;
    // The same by a certain sequence, always.
    std::string save_by(std::string_view sequence) const;
    bool operator==(const SavedCursor&) const = default;
};

enum class SavedCursorUse { none, save, restore };

// What a sequence does with the saved cursor. `margins`: the mode is on in which CSI s sets them (DECLRMM).
SavedCursorUse use_of_saved_cursor(const ControlSequence& sequence, bool margins);

}  // namespace isag::terminal

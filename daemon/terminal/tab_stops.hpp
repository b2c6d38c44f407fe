// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/sequence_scanner.hpp"
#include <string>
#include <vector>

namespace isag::terminal {

// The columns at which a tab stops (ECMA-48: HTS, TBC), which libvterm knows but doesn't tell. No I/O.
class TabStops {
public:
    explicit TabStops(int columns) { resize(columns); }

    // Takes a sequence after which the cursor is in this column.
    void take(const ControlSequence& sequence, int column);
    // New columns have the usual stops, every eight.
    void resize(int columns);
    // No sequence has changed them.
    bool are_usual() const { return are_usual_; }
    // What sets them on a terminal that has any; empty where they are usual. The cursor moves in its row.
    std::string set_sequence() const;

private:
    std::vector<bool> stops_;  // one a column
    bool are_usual_ = true;
};

}  // namespace isag::terminal

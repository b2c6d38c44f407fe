// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/sequence_scanner.hpp"
#include "common/terminal_modes.hpp"
#include <string>
#include <string_view>

namespace isag {

// Watches what is written to a terminal for the modes that outlive the program that set them, so that they can be
// taken back when it dies without doing so. No I/O; output may be cut anywhere.
class ModeTracker {
public:
    void feed(std::string_view output) {
        for_each_sequence(scanner_, output, [this](const ControlSequence& sequence) { modes_.take(sequence); });
    }
    // What takes back all that is on now; empty where nothing is.
    std::string reset_sequence() const {
        const std::string out = modes_.reset_sequence();
        return scanner_.in_sequence() ? "\x18" + out : out;  // CAN: the terminal is in the middle of a sequence
    }
    // The output so far ends in the middle of a sequence.
    bool in_sequence() const { return scanner_.in_sequence(); }

private:
    SequenceScanner scanner_;
    TerminalModes modes_;
};

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/mode_tracker.hpp"
#include "client/terminal_filter.hpp"
#include <string>
#include <string_view>
#include <utility>

namespace isag {

// A program's output on its way to a terminal that somebody else's shell has, too: what the filter lets through
// (security.md D5), and in the end what takes back the modes that the program left on. No I/O.
class FilteredOutput {
public:
    FilteredOutput(Clipboard clipboard, TerminalFilter::Asking asking) : filter_(clipboard, asking) {}

    // What may be written now.
    std::string take(std::string_view output) {
        std::string shown;
        filter_.feed(output, shown);
        modes_.feed(shown);
        return shown;
    }
    // As TerminalFilter::take_questions().
    Questions take_questions() { return filter_.take_questions(); }
    // What was written so far ends in the middle of a control sequence.
    bool in_sequence() const { return modes_.in_sequence(); }
    // What is to be written last; begins anew.
    std::string finish() { return filter_.finish() + std::exchange(modes_, ModeTracker()).reset_sequence(); }

private:
    TerminalFilter filter_;
    ModeTracker modes_;
};

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/filtered_output.hpp"
#include "client/sink.hpp"
#include <optional>
#include <poll.h>
#include <string>
#include <string_view>

namespace isag {

// One of a program's two outputs on its way to this process's stdout or stderr. Where that is a terminal it passes a
// TerminalFilter (security.md D5), and what it left switched on there is taken back in the end.
class SshOutput {
public:
    SshOutput(int fd, Clipboard clipboard, TerminalFilter::Asking asking);

    // What the program printed, and to what of that the terminal will answer.
    Questions add(std::string bytes);
    bool is_terminal() const { return filtered_.has_value(); }
    // What isag itself says in between; left out in the middle of the program's control sequence.
    void say(std::string_view text);
    // Nothing waits to be written.
    bool empty() const { return waiting_.empty(); }
    // An entry for poll(2), of fd -1 where nothing waits.
    pollfd wanted() const;
    // Writes what can be written without waiting. False where nobody reads there any more; throws as Sink::write().
    bool write();
    // Forgets what waits.
    void drop() { waiting_.clear(); }
    // At the end, for 200 ms at most: drops what waits, and leaves the terminal with its modes reset.
    void finish();

private:
    Sink sink_;
    std::optional<FilteredOutput> filtered_;  // where it is a terminal
    std::string waiting_;
};

}  // namespace isag

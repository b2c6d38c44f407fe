// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/filtered_output.hpp"
#include "common/unique_fd.hpp"
#include <cstddef>
#include <optional>
#include <poll.h>
#include <string>

namespace isag {

// Moves bytes from one descriptor to another until the source ends or nobody reads the sink, as one part of a poll(2)
// loop. Works on descriptors whose O_NONBLOCK is not ours to set; by splice(2) where the kernel can, else by hand.
// Where the sink is a terminal, all goes through a TerminalFilter (security.md D5): it asks the terminal nothing, since
// nobody would take the answer, and what it left switched on is taken back in the end.
class Pump {
public:
    struct End {
        int fd;
        UniqueFd owned;  // empty where it stays the caller's
    };
    Pump(End source, End sink);
    Pump(const Pump&) = delete;
    Pump& operator=(const Pump&) = delete;
    ~Pump() { finish(); }

    // What to wait for: one entry, or none where it is done (fd -1).
    pollfd wanted() const;
    // Call with what poll said of wanted().
    void advance(short revents);
    // Closes both owned ends.
    void finish();
    bool done() const { return done_; }
    // True where nothing waits to be written.
    bool idle() const { return done_ || (!source_ready_ && buffer_.empty()); }

private:
    void move_spliced();
    void move_copied();
    bool fill();
    void drain();
    void leave_terminal();

    int source_;
    int sink_;
    UniqueFd owned_source_;
    UniqueFd owned_sink_;
    bool splices_;
    bool source_ready_ = false;
    bool done_ = false;
    std::string buffer_;  // read, and written up to written_
    std::size_t written_ = 0;
    std::optional<FilteredOutput> filtered_;  // where the sink is a terminal
};

// A pump's end that stays the caller's, or goes to the pump.
Pump::End borrowed(int fd);
Pump::End owned(UniqueFd fd);

// A descriptor of its own for what fd refers to, so that O_NONBLOCK set on it is nobody else's; none where that can't
// be had (a socket).
UniqueFd reopen_nonblocking(int fd, int access);

}  // namespace isag

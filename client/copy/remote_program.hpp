// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/context.hpp"
#include "client/session_link.hpp"
#include "client/signals.hpp"
#include "common/error.hpp"
#include "common/unique_fd.hpp"
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <poll.h>
#include <string>
#include <string_view>
#include <vector>

namespace isag {

// The program inside reads no more.
struct InputRefused : Error {
    InputRefused() : Error("the program in the sandbox stopped reading") {}
};

// A program that runs in a sandbox for isag itself, as the container user, in the project's folder: this end of its
// streams, of which nothing can be believed. Every call that waits throws Interrupted when one of the signals comes,
// and Error where isagd and the sandbox are gone. The program is hung up on when this is destroyed.
class RemoteProgram {
public:
    RemoteProgram(const Context& context, const std::string& sandbox, std::vector<std::string> argv, Signals& signals);

    // Up to that many bytes of its stdout, 0 at the end.
    std::size_t read(char* into, std::size_t size);
    // Its stdout up to a newline, which is dropped; at most 100 bytes.
    std::string read_line();
    // Writes all of it to its stdin. Throws InputRefused.
    void write(std::string_view bytes);
    void close_input() { input_.reset(); }
    // Waits for its end, its stdout thrown away, and returns its exit status as a shell has it.
    int wait();
    // Closes both, and waits for that long at most. False where it did not end.
    bool ends_within(std::chrono::milliseconds limit);

    // What it wrote to stderr, the first 16 KiB.
    const std::string& complaints() const { return complaints_; }
    // The sandbox's whole name.
    const std::string& sandbox() const { return sandbox_; }

private:
    static constexpr std::size_t most_complaints = std::size_t{16} << 10;
    struct Opened;
    RemoteProgram(const Context& context, Opened opened, Signals& signals);
    static Opened open(const Context& context, const std::string& sandbox, std::vector<std::string> argv,
                       Signals& signals);
    // Waits until something can be done, at most that many milliseconds (negative: as long as it takes); true where it
    // is that with `fd`.
    bool wait_for(int fd, short events, int most_ms = -1);
    void take_complaints();

    Signals& signals_;
    std::string sandbox_;
    UniqueFd input_;
    UniqueFd output_;
    UniqueFd errors_;
    SessionLink link_;
    std::string complaints_;
};

}  // namespace isag

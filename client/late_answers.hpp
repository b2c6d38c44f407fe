// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/terminal_filter.hpp"
#include "common/sequence_scanner.hpp"
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

namespace isag {

// Keeps a terminal's answers to what a program asked from the person's shell, which would take them as typed, where the
// program ended or was left before they came.
class LateAnswers {
public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::seconds come_within{2};
    static constexpr std::chrono::milliseconds waits_for{2000};

    // What the program asked the terminal.
    void asked(const Questions& questions, Time now);
    // What came from the terminal.
    void came(std::string_view bytes);
    // Some may be under way.
    bool expected(Time now) const { return asked_at_ && now - *asked_at_ < come_within; }
    // Where that is so, asks the terminal once more, and drops all that comes before the answer to that and with it,
    // for 2 s at most, as a slow line may take. `in` is in raw mode, without echo; what is typed behind stays there to
    // be read.
    void drop(int in, int out);

private:
    SequenceScanner scanner_;
    std::optional<Time> asked_at_;
    std::size_t open_ = 0;  // questions for the device attributes, by whose answers the last one can't be told
};

}  // namespace isag

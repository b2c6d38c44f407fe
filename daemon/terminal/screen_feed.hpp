// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/terminal/screen.hpp"
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace isag::terminal {

// Shows a screen what was printed, piece by piece: a program can print in a moment what takes minutes to follow (each
// entry to the alternate screen has the main one painted), and isagd has other work. Pieces get smaller where they are
// dear, and so does what should be read at a time.
class ScreenFeed {
public:
    using Duration = std::chrono::steady_clock::duration;

    explicit ScreenFeed(Screen& screen) : screen_(screen) {}

    // It is shown later.
    void add(std::string_view output);
    // How much is not shown yet, in bytes.
    std::size_t behind() const { return waiting_.size() - shown_; }
    // Shows the next piece. How much processor time it took where it was dear, for then it is others' turn; else
    // nothing.
    Duration show_some();
    void catch_up();

    // What the screen answered the program's questions since the last call.
    std::string take_answers();
    // How much showing has taken since the last call of forget_cost().
    Duration cost() const { return cost_; }
    void forget_cost() { cost_ = {}; }
    // How much should be read at a time: catch_up() waits for all of it.
    std::size_t next_intake() const { return piece_ * 8; }

private:
    static constexpr std::size_t smallest_piece = 64;
    static constexpr std::size_t largest_piece = 4096;

    Screen& screen_;
    std::string waiting_;
    std::size_t shown_ = 0;  // bytes of it
    std::size_t piece_ = largest_piece;
    std::size_t bytes_ = 0;                              // shown since a piece took much
    std::chrono::steady_clock::time_point small_until_;  // since one was dear of late
    std::string answers_;
    Duration cost_{};
};

}  // namespace isag::terminal

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/terminal/screen.hpp"
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace isag::terminal {

// Shows a screen what was printed, piece by piece: a program can print in a moment what takes minutes to follow (each
// entry to the alternate screen has the main one painted), and isagd has other work. Where it is dear, less should be
// read at a time.
class ScreenFeed {
public:
    using Duration = std::chrono::steady_clock::duration;

    explicit ScreenFeed(Screen& screen) : screen_(screen) {}

    // It is shown later.
    void add(std::string_view output);
    // How much is not shown yet, in bytes.
    std::size_t behind() const { return waiting_.size() - shown_; }
    // How much was ever added, and whether what was when it was that much is shown.
    std::uint64_t added() const { return added_; }
    bool has_shown(std::uint64_t added) const { return added_ - behind() >= added; }
    // Shows some of it, for a few milliseconds. How much processor time that took where it was dear, for then it is
    // others' turn; else nothing.
    Duration show_some();
    void catch_up();

    // What the screen answered the program's questions since the last call.
    std::string take_answers();
    // How much showing has taken since the last call of forget_cost().
    Duration cost() const { return cost_; }
    void forget_cost() { cost_ = {}; }
    // How much should be read at a time, in bytes: it is not in the next checkpoint before it is shown.
    std::size_t next_intake() const { return dear_of_late() ? 512 : std::size_t{32} << 10; }

private:
    bool dear_of_late() const { return std::chrono::steady_clock::now() < dear_until_; }

    Screen& screen_;
    std::string waiting_;
    std::size_t shown_ = 0;  // bytes of it
    std::uint64_t added_ = 0;
    std::size_t bytes_ = 0;  // shown since that took much
    std::chrono::steady_clock::time_point dear_until_;
    std::string answers_;
    Duration cost_{};
};

}  // namespace isag::terminal

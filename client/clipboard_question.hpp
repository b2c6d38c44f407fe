// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/detach_keys.hpp"
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace isag {

// Asks a person, in the title of their terminal, whether a program may write to the clipboard. Yes is the first of the
// keys that detach (Ctrl-P where there are none), and y; anything else is typed on, and no. No I/O.
class ClipboardQuestion {
public:
    using Time = DetachKeys::Time;
    static constexpr std::chrono::seconds stands_for{30};

    // Throws as DetachKeys.
    explicit ClipboardQuestion(const std::string& detach_keys);

    // Asks about a write (OSC 52), given as the sequence that makes it; one that was not answered yet is given up.
    void ask(std::string sequence, Time now);
    // What goes on of what was typed.
    std::string take(std::string_view typed, Time now);
    // When expired() has something to do.
    std::optional<Time> due() const;
    // What goes on because nothing more was typed in time.
    std::string expired(Time now);

    // The write, once the answer to it is yes.
    std::optional<std::string> take_permitted();
    // What the title is to say where that is new: the question, or nothing any more.
    std::optional<std::string> take_title();
    // Writes that were given up, or wait.
    std::size_t kept() const { return kept_ + (asked_ ? 1 : 0); }

private:
    std::string permit(Time now);

    std::string first_key_;  // its name
    DetachKeys answer_;
    std::optional<std::string> asked_;
    std::optional<std::string> permitted_;
    std::optional<std::string> title_;
    std::size_t kept_ = 0;
    Time until_{};
};

}  // namespace isag

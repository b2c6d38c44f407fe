// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstddef>
#include <string_view>

namespace isag {

// Tells pasted text from keys, in what a terminal sends to a program that asked for that (bracketed paste, DECSET
// 2004). What is typed may be cut anywhere. No I/O.
class PasteWatch {
public:
    using Time = std::chrono::steady_clock::time_point;
    // A paste that stops for so long without an end has none.
    static constexpr std::chrono::seconds stops_for{5};

    // What follows is typed at that time.
    void comes(Time now) {
        if (is_open_ && now - last_ >= stops_for) *this = PasteWatch();
        last_ = now;
    }
    void take(std::string_view typed) {
        for (const char c : typed) take(c);
    }
    // What comes next is pasted, or the mark behind it.
    bool is_open() const { return is_open_; }

private:
    void take(char c) {
        const std::string_view mark = is_open_ ? "\x1b[201~" : "\x1b[200~";
        matched_ = c == mark[matched_] ? matched_ + 1 : c == mark[0] ? 1 : 0;
        if (matched_ < mark.size()) return;
        is_open_ = !is_open_;
        matched_ = 0;
    }

    bool is_open_ = false;
    std::size_t matched_ = 0;  // bytes of the next mark
    Time last_{};
};

}  // namespace isag

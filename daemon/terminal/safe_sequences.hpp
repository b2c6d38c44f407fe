// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace isag::terminal {

// Takes out of output what brings libvterm 0.1.4 down, so that no program can. It has room for sixteen parameters of a
// control sequence and writes those that follow past it; it never returns from REP (CSI b) where the last character had
// no width, or there was none; and it reads past the end of its input where a control character stands in a string
// (OSC, DCS) and the string's end comes in two pieces.
class SafeSequences {
public:
    static constexpr std::size_t most_parameters = 16;  // subparameters count, too

    // The same output, which may be cut anywhere, without parameters beyond those and control characters in strings,
    // and with each REP cancelled. Valid until the next call, and `output` is.
    std::string_view pass(std::string_view output);

private:
    enum class State { text, escape, control, string, escape_in_string };
    enum class Fate { kept, dropped, cancelled };
    Fate take(char c);

    State state_ = State::text;
    std::size_t count_ = 0;  // of the sequence so far
    std::string passed_;
};

}  // namespace isag::terminal

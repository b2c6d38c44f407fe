// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace isag {

// A control sequence of a terminal, whole.
struct ControlSequence {
    enum class Kind {
        escape,   // ESC, intermediates, a final character
        control,  // CSI, parameters and intermediates, a final character
        command,  // OSC and its text; final is what ended it (BEL or ESC)
    };
    Kind kind;
    std::string_view text;  // between the introducer and the final character
    char final;
};

// Finds the control sequences in what a program writes to a terminal, which may be cut anywhere (ECMA-48 5.4, xterm's
// "Control Sequences"). No I/O. Of sequences in 8-bit form it knows nothing: a UTF-8 terminal doesn't either.
class SequenceScanner {
public:
    static constexpr std::size_t longest_control = 256;   // longer ones are passed over
    static constexpr std::size_t longest_command = 4096;  // likewise

    // Reads up to the end of the next sequence, or all of it; says how many bytes that was.
    std::size_t next(std::string_view output);
    // The sequence that ended with the last byte that was read; none where that ended nothing. Valid until next().
    const ControlSequence* ended() const { return has_ended_ ? &ended_ : nullptr; }
    // The output so far ends in the middle of a sequence.
    bool in_sequence() const { return state_ != State::ground; }

private:
    enum class State { ground, escape, control, command, string };
    void take(char c);
    void take_escape(char c);
    void take_control(char c);
    void take_command(char c);
    void begin(State state);
    void collect(char c, std::size_t limit);
    void end(ControlSequence::Kind kind, char final);

    State state_ = State::ground;
    std::string text_;
    bool too_long_ = false;
    ControlSequence ended_{};
    bool has_ended_ = false;
};

// Calls take(sequence) for each sequence that ends in the output.
template <class Take>
void for_each_sequence(SequenceScanner& scanner, std::string_view output, Take take) {
    while (!output.empty()) {
        output.remove_prefix(scanner.next(output));
        if (const auto* const sequence = scanner.ended()) take(*sequence);
    }
}

}  // namespace isag

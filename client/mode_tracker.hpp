// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>
#include <string_view>

namespace isag {

// Watches what is written to a terminal for the modes that outlive the program that set them, so that they can be
// taken back when it dies without doing so. No I/O; output may be cut anywhere.
class ModeTracker {
public:
    void feed(std::string_view output);
    // What takes back all that is on now; empty where nothing is.
    std::string reset_sequence() const;

private:
    enum class State { ground, escape, skip_one, sequence };
    void take(char c);
    void take_escape(char c);
    void take_sequence(char c);
    void finish_sequence(char final);
    void set_private_modes(std::string_view parameters, bool on);
    void finish_keyboard(std::string_view parameters);
    void forget();

    State state_ = State::ground;
    std::string parameters_;      // of the sequence being read, with its prefix and intermediates
    bool too_long_ = false;       // the sequence is none that matters
    std::map<int, bool> modes_;   // DEC private modes that are not as they were: number, its state now
    int keyboard_depth_[2] = {};  // kitty keyboard flags pushed, on the main and the alternate screen
    bool alternate_ = false;      // which screen is shown
    bool keypad_ = false;         // application keypad
    bool graphics_ = false;       // colours or attributes (SGR)
    bool cursor_shape_ = false;   // DECSCUSR
    bool other_keys_ = false;     // xterm's modifyOtherKeys
    bool region_ = false;         // scroll region (DECSTBM)
    bool charset_ = false;        // line drawing in G0
};

}  // namespace isag

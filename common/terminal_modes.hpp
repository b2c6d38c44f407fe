// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/sequence_scanner.hpp"
#include <map>
#include <string>
#include <vector>

namespace isag {

// The modes of a terminal that outlive the program which set them, the title among them: to be taken back when that
// program is gone, or set again on another terminal. No I/O.
class TerminalModes {
public:
    void take(const ControlSequence& sequence);

    // What takes back all that is on now; empty where nothing is.
    std::string reset_sequence() const;
    // The same whatever is on: for a terminal that saw an unknown part of the output.
    std::string reset_everything() const;
    // What brings a terminal that is as it starts to these modes, but for the alternate screen, the pen and
    // synchronized output, which are matters of what is shown. The cursor may move.
    std::string set_sequence() const;
    // The private mode (DECSET) by which the alternate screen was entered; 0 on the main screen.
    int alternate_screen() const;
    // What makes the keyboard flags of one of the screens those pushed here (kitty's keyboard protocol), once it is
    // shown.
    std::string push_keyboard(bool of_alternate) const;
    // Reverse video (DECSCNM) is on.
    bool reverse_video() const { return modes_.contains(5); }
    // Text scrolls the whole screen, and wraps: as a terminal starts.
    bool scrolls_whole() const { return region_.empty() && !modes_.contains(6) && !modes_.contains(7); }
    // By how many rows what is addressed lies below the top (DECOM with a scroll region).
    int origin() const;

private:
    void take_escape(const ControlSequence& sequence);
    void take_control(const ControlSequence& sequence);
    void take_command(std::string_view text);
    void set_private_modes(std::string_view parameters, bool on);
    void take_keyboard(std::string_view parameters);

    std::map<int, bool> modes_;     // DEC private modes that are not as they were: number, its state now
    std::vector<int> keyboard_[2];  // kitty keyboard flags pushed, on the main and the alternate screen
    bool alternate_ = false;        // which screen is shown
    bool keypad_ = false;           // application keypad
    bool graphics_ = false;         // colours or attributes (SGR)
    int cursor_shape_ = 0;          // DECSCUSR
    int other_keys_ = 0;            // xterm's modifyOtherKeys
    std::string region_;            // scroll region (DECSTBM), its parameters
    bool charset_ = false;          // line drawing in G0
    std::string title_;
};

}  // namespace isag

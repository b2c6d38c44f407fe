// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/sequence_scanner.hpp"
#include "common/terminal_colours.hpp"
#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace isag {

// The modes of a terminal that outlive the program which set them, its title and colours among them: to be taken back
// when that program is gone, or set again on another terminal. No I/O.
class TerminalModes {
public:
    void take(const ControlSequence& sequence);

    // What takes back all that is on now; empty where nothing is.
    std::string reset_sequence() const;
    // The same whatever is on: for a terminal that saw an unknown part of the output.
    std::string reset_everything() const;
    // What brings a terminal that is as it starts to these modes, but for the alternate screen, the pen and
    // synchronized output, which are matters of what is shown, and those below. The cursor may move.
    std::string set_sequence() const;
    // The rest: what becomes of text that is written, so that it comes after all that paints.
    std::string set_text_sequence() const;
    // The private mode (DECSET) by which the alternate screen was entered; 0 on the main screen.
    int alternate_screen() const;
    // What makes the keyboard flags of one of the screens those pushed here (kitty's keyboard protocol), once it is
    // shown.
    std::string push_keyboard(bool of_alternate) const;
    // Reverse video (DECSCNM) is on.
    bool reverse_video() const { return modes_.contains(5); }
    // Text replaces what it is written over, wraps, and scrolls the whole screen: as a terminal starts.
    bool writes_as_usual() const {
        return region_.empty() && !modes_.contains(6) && wraps() && !has_margins() && !insert_ && !newline_;
    }
    // Text goes on in the next line (DECAWM).
    bool wraps() const { return !modes_.contains(7); }
    // The link that what is written belongs to, as an OSC 8 gives it: parameters and address; empty: none. One that is
    // longer than longest_link is passed over, as terminals do (VTE).
    const std::string& link() const { return link_; }
    static constexpr std::size_t longest_link = 2083;
    static constexpr const char* end_of_link = "\x1b]8;;\x1b\\";
    // Origin mode (DECOM), left and right margins (DECLRMM), and line drawing in G0 are on.
    bool has_origin() const;
    bool has_margins() const;
    bool has_line_drawing() const { return charsets_[0] == "\x1b(0"; }
    // By how many rows what is addressed lies below the top, and by how many columns right of the left edge (DECOM with
    // a scroll region and margins).
    int origin_row() const;
    int origin_column() const;

private:
    void take_escape(const ControlSequence& sequence);
    void take_charset(const ControlSequence& sequence);
    void take_control(const ControlSequence& sequence);
    void take_command(std::string_view text);
    void take_link(std::string_view text);
    void set_modes(std::string_view parameters, bool on);
    void set_private_modes(std::string_view parameters, bool on);
    void take_keyboard(std::string_view parameters);

    std::map<int, bool> modes_;            // DEC private modes that are not as they were: number, its state now
    std::vector<int> keyboard_[2];         // kitty keyboard flags pushed, on the main and the alternate screen
    bool alternate_ = false;               // which screen is shown
    bool keypad_ = false;                  // application keypad
    bool graphics_ = false;                // colours or attributes (SGR)
    int cursor_shape_ = 0;                 // DECSCUSR
    int other_keys_ = 0;                   // xterm's modifyOtherKeys
    std::string region_;                   // scroll region (DECSTBM), its parameters
    std::string margins_;                  // left and right margin (DECSLRM), its parameters
    bool insert_ = false;                  // text moves what is right of it (IRM)
    bool newline_ = false;                 // a line feed returns the carriage too (LNM)
    std::array<std::string, 4> charsets_;  // what designated G0 to G3; empty: ASCII
    std::set<int> key_settings_;           // xterm's XTMODKEYS other than modifyOtherKeys
    std::string title_;
    std::string link_;
    TerminalColours colours_;
};

}  // namespace isag

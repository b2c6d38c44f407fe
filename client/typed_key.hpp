// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/key_names.hpp"
#include <cstddef>
#include <string_view>

namespace isag {

// What a terminal sends when a key is pressed or let go: a byte, or where a program has asked for it an escape sequence
// of kitty's keyboard protocol, or of xterm's modifyOtherKeys. Or what it reports of its mouse and its focus, or
// answers to a program.
class TypedKey {
public:
    // The first of what was typed, which is not empty. Any other control sequence is a key that has no name here.
    explicit TypedKey(std::string_view typed);

    // In bytes.
    std::size_t length() const { return length_; }
    // More of a sequence may follow what was typed; by itself the first byte is a key, the Escape.
    bool is_unfinished() const { return is_unfinished_; }
    // No key: of the mouse (SGR's, urxvt's and X10's coordinates), or that the window has the focus or lost it. Or an
    // answer, of which a string (OSC, DCS) counts where all of it was typed at once.
    bool is_report() const { return is_report_; }
    bool is_release() const { return event_ == 3; }
    // Shift, Control and the like by themselves.
    bool is_modifier() const;
    // The key with its Control or without, whatever Caps Lock and Num Lock are.
    bool is(const Key& key) const;
    // The same, but that Control may have been let go first.
    bool is_release_of(const Key& key) const;

private:
    void take_key(std::string_view parameters, char final);
    bool take_report(std::string_view parameters, char final, std::string_view behind);
    int shown() const;

    std::size_t length_ = 1;
    bool is_unfinished_ = false;
    bool is_report_ = false;
    int code_ = 0;       // of the character, without Shift
    int shifted_ = 0;    // the same with Shift, where that is known
    int base_ = 0;       // the same on a Latin keyboard, where the layout is another
    int modifiers_ = 0;  // bits
    int event_ = 1;      // pressed, repeated, released
};

}  // namespace isag

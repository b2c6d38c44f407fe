// SPDX-License-Identifier: Apache-2.0
#include "client/mode_tracker.hpp"
#include <algorithm>
#include <array>
#include <charconv>

// ECMA-48 5.4 (control sequences) and xterm's "Control Sequences" (the private modes).
namespace isag {
namespace {

struct KnownMode {
    int number;
    bool usual;  // how a terminal starts
};
constexpr std::array<KnownMode, 19> known_modes{{
    {1, false},     // application cursor keys
    {5, false},     // reverse video
    {6, false},     // origin mode
    {7, true},      // autowrap
    {9, false},     // X10 mouse
    {25, true},     // cursor shown
    {47, false},    // alternate screen
    {1000, false},  // mouse: buttons
    {1002, false},  // mouse: drag
    {1003, false},  // mouse: all motion
    {1004, false},  // focus events
    {1005, false},  // mouse coordinates: UTF-8
    {1006, false},  // mouse coordinates: SGR
    {1015, false},  // mouse coordinates: urxvt
    {1016, false},  // mouse coordinates: pixels
    {1047, false},  // alternate screen
    {1049, false},  // alternate screen, cursor saved
    {2004, false},  // bracketed paste
    {2026, false},  // synchronized output
}};
constexpr std::size_t longest = 64;

bool is_alternate_screen(int mode) { return mode == 47 || mode == 1047 || mode == 1049; }

int number_in(std::string_view text) {
    int number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::string private_mode(int mode, bool on) { return "\x1b[?" + std::to_string(mode) + (on ? "h" : "l"); }

}  // namespace

void ModeTracker::feed(std::string_view output) {
    while (!output.empty()) {
        if (state_ == State::ground) {
            const auto escape = output.find('\x1b');
            if (escape == std::string_view::npos) return;
            output.remove_prefix(escape);
        }
        take(output.front());
        output.remove_prefix(1);
    }
}

void ModeTracker::take(char c) {
    if (c == '\x1b') {
        state_ = State::escape;
    } else if (c == '\x18' || c == '\x1a') {  // CAN, SUB
        state_ = State::ground;
    } else if (state_ == State::escape) {
        take_escape(c);
    } else if (state_ == State::skip_one) {
        charset_ = c == '0';
        state_ = State::ground;
    } else {
        take_sequence(c);
    }
}

void ModeTracker::take_escape(char c) {
    if (static_cast<unsigned char>(c) < 0x20) return;  // a control character inside acts by itself
    state_ = State::ground;
    if (c == '[') {
        state_ = State::sequence;
        parameters_.clear();
        too_long_ = false;
    } else if (c == '(') {
        state_ = State::skip_one;
    } else if (c == '=' || c == '>') {
        keypad_ = c == '=';
    } else if (c == 'c') {  // RIS
        forget();
    }
}

void ModeTracker::take_sequence(char c) {
    if (static_cast<unsigned char>(c) < 0x20) return;
    if (c >= 0x40 && c <= 0x7e) {
        state_ = State::ground;
        if (!too_long_) finish_sequence(c);
    } else if (parameters_.size() < longest) {
        parameters_ += c;
    } else {
        too_long_ = true;
    }
}

void ModeTracker::finish_sequence(char final) {
    const std::string_view p = parameters_;
    if ((final == 'h' || final == 'l') && p.starts_with('?')) return set_private_modes(p.substr(1), final == 'h');
    if (final == 'u') return finish_keyboard(p);
    if (final == 'm' && p.starts_with(">4")) {
        other_keys_ = p.size() > 3 && number_in(p.substr(3)) != 0;
    } else if (final == 'm' && p.find_first_not_of("0123456789;:") == p.npos) {
        const auto last = p.substr(p.rfind(';') == p.npos ? 0 : p.rfind(';') + 1);
        graphics_ = !(p.empty() || (p.find(';') == p.npos && number_in(last) == 0));
    } else if (final == 'q' && p.ends_with(' ')) {
        cursor_shape_ = number_in(p) != 0;
    } else if (final == 'r' && p.find_first_not_of("0123456789;") == p.npos) {
        region_ = !p.empty();
    } else if (final == 'p' && p == "!") {  // DECSTR
        for (const int mode : {1, 6, 7, 25}) modes_.erase(mode);
        keypad_ = graphics_ = region_ = charset_ = false;
    }
}

void ModeTracker::set_private_modes(std::string_view parameters, bool on) {
    while (!parameters.empty()) {
        const auto end = std::min(parameters.find(';'), parameters.size());
        const int number = number_in(parameters.substr(0, end));
        parameters.remove_prefix(std::min(end + 1, parameters.size()));
        const auto* const mode = std::find_if(known_modes.begin(), known_modes.end(),
                                              [&](const KnownMode& known) { return known.number == number; });
        if (mode == known_modes.end()) continue;
        if (is_alternate_screen(number)) {
            alternate_ = on;
            if (!on) std::erase_if(modes_, [](const auto& entry) { return is_alternate_screen(entry.first); });
        }
        if (on == mode->usual)
            modes_.erase(number);
        else
            modes_[number] = on;
    }
}

// https://sw.kovidgoyal.net/kitty/keyboard-protocol: CSI > flags u pushes, CSI < count u pops; each screen has a stack.
void ModeTracker::finish_keyboard(std::string_view parameters) {
    int& depth = keyboard_depth_[alternate_ ? 1 : 0];
    if (parameters.starts_with('>')) depth = std::min(depth + 1, 99);
    if (parameters.starts_with('<')) depth = std::max(depth - std::max(number_in(parameters.substr(1)), 1), 0);
    if (parameters.starts_with('=')) depth = std::max(depth, 1);
}

void ModeTracker::forget() { *this = ModeTracker(); }

std::string ModeTracker::reset_sequence() const {
    const auto pop = [](int depth) { return depth > 0 ? "\x1b[<" + std::to_string(depth) + "u" : std::string(); };
    std::string out;
    if (state_ != State::ground) out += "\x18";  // the terminal is in the middle of a sequence
    if (modes_.contains(2026)) out += private_mode(2026, false);
    if (alternate_) out += pop(keyboard_depth_[1]);
    if (region_) out += "\x1b[r";
    for (const auto& [mode, on] : modes_)
        if (mode != 2026) out += private_mode(mode, !on);
    out += pop(keyboard_depth_[0]);
    if (other_keys_) out += "\x1b[>4;0m";
    if (keypad_) out += "\x1b>";
    if (charset_) out += "\x1b(B";
    if (cursor_shape_) out += "\x1b[0 q";
    if (graphics_) out += "\x1b[0m";
    return out;
}

}  // namespace isag

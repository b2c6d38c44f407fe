// SPDX-License-Identifier: Apache-2.0
#include "client/typed_key.hpp"
#include "common/take_field.hpp"
#include <algorithm>
#include <cctype>
#include <charconv>

// https://sw.kovidgoyal.net/kitty/keyboard-protocol: CSI code:shifted:base ; modifiers:event ; text u. xterm's "Control
// Sequences": CSI 27 ; modifiers ; code ~, and "Mouse Tracking".
namespace isag {
namespace {

constexpr int shift = 1, control = 4, locks = 64 | 128;
constexpr std::size_t x10_bytes = 3;  // button, column and row, each and 32
constexpr int f3_modifiers = 16;      // and 1, at most

int take_number(std::string_view& text, char separator, int otherwise = 0) {
    const std::string_view digits = take_field(text, separator);
    int number = otherwise;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

bool is_x10(char c) { return static_cast<unsigned char>(c) >= 0x20; }
bool is_control(char c) { return !is_x10(c) || c == 0x7f; }
bool is_plain(std::string_view parameters) { return parameters.find_first_not_of("0123456789;") == parameters.npos; }

// Where the cursor is, and not F3, whose second number are its modifiers.
bool is_position(std::string_view numbers) {
    const int row = take_number(numbers, ';');
    const int column = take_number(numbers, ';');
    return numbers.empty() && row > 0 && column > (row == 1 ? f3_modifiers : 0);
}

// Of a control sequence. The parameters are not empty: where they are, rxvt has keys.
bool is_answer(std::string_view parameters, char final) {
    if (std::string_view("?>=").find(parameters.front()) != std::string_view::npos) return final != 'M';
    if (final == 'y') return parameters.ends_with('$');
    if (!is_plain(parameters)) return false;
    return final == 'c' || final == 'n' || final == 't' || (final == 'R' && is_position(parameters));
}

// Of the OSC or DCS that it begins with, where that is whole; else 0: without its end it may be Alt-] or Alt-P.
std::size_t length_of_string(std::string_view typed) {
    const bool is_command = typed.starts_with("\x1b]") && typed.find_first_of("0123456789", 2) == 2;
    if (!is_command && !typed.starts_with("\x1bP")) return 0;
    const auto* const end = std::find_if(typed.begin() + 2, typed.end(), is_control);
    const auto size = static_cast<std::size_t>(end - typed.begin());
    if (typed.substr(size).starts_with("\x1b\\")) return size + 2;
    return is_command && typed.substr(size).starts_with('\a') ? size + 1 : 0;
}

}  // namespace

TypedKey::TypedKey(std::string_view typed) {
    const auto byte = static_cast<unsigned char>(typed.front());
    code_ = byte < 0x20 ? std::tolower(byte + '@') : byte;
    modifiers_ = byte < 0x20 ? control : 0;
    if (const auto length = length_of_string(typed)) {
        length_ = length;
        is_report_ = true;
        code_ = 0;
        return;
    }
    if (!typed.starts_with("\x1b[")) return;
    const std::string_view rest = typed.substr(2);
    const auto* const final = std::find_if_not(rest.begin(), rest.end(), [](char c) { return c >= 0x20 && c < 0x40; });
    is_unfinished_ = final == rest.end();
    if (is_unfinished_ || *final < 0x40 || *final == 0x7f) return;
    const auto size = static_cast<std::size_t>(final - rest.begin());
    length_ = 2 + size + 1;
    code_ = 0;
    if (!take_report(rest.substr(0, size), *final, rest.substr(size + 1))) take_key(rest.substr(0, size), *final);
}

// What is behind the sequence's final byte belongs to it in X10's reports alone.
bool TypedKey::take_report(std::string_view parameters, char final, std::string_view behind) {
    if (parameters.empty() && final == 'M') {
        const auto coordinates = behind.substr(0, x10_bytes);
        if (!std::all_of(coordinates.begin(), coordinates.end(), is_x10)) return false;
        is_unfinished_ = coordinates.size() < x10_bytes;
        is_report_ = !is_unfinished_;
        if (is_report_) length_ += x10_bytes;
    } else if (parameters.empty()) {
        is_report_ = final == 'I' || final == 'O';
    } else {
        const bool is_sgr = parameters.front() == '<' && (final == 'M' || final == 'm');
        if (is_sgr) parameters.remove_prefix(1);
        is_report_ = ((is_sgr || final == 'M') && is_plain(parameters)) || (!is_sgr && is_answer(parameters, final));
    }
    return is_report_;
}

void TypedKey::take_key(std::string_view parameters, char final) {
    std::string_view codes = take_field(parameters, ';');
    std::string_view second = take_field(parameters, ';');
    modifiers_ = std::max(take_number(second, ':', 1), 1) - 1;
    event_ = take_number(second, ':', 1);
    if (final == 'u') {
        code_ = take_number(codes, ':');
        shifted_ = take_number(codes, ':');
        base_ = take_number(codes, ':');
    } else if (final == '~' && codes == "27") {
        code_ = take_number(parameters, ';');
    }
}

bool TypedKey::is_modifier() const { return (code_ >= 57441 && code_ <= 57454) || (code_ >= 57358 && code_ <= 57360); }

// The character that Shift makes of the key; 0 for a letter's, where the terminal does not tell.
int TypedKey::shown() const {
    if ((modifiers_ & shift) == 0) return code_ > 0x7f && base_ != 0 ? base_ : code_;
    const int with_shift = shifted_ != 0 ? shifted_ : code_;
    return with_shift >= 'a' && with_shift <= 'z' ? 0 : with_shift;
}

bool TypedKey::is(const Key& key) const {
    return !is_release() && shown() == key.character && (modifiers_ & ~(locks | shift)) == (key.control ? control : 0);
}

bool TypedKey::is_release_of(const Key& key) const {
    return is_release() && (shown() == key.character || code_ == key.character);
}

}  // namespace isag

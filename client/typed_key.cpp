// SPDX-License-Identifier: Apache-2.0
#include "client/typed_key.hpp"
#include "common/take_field.hpp"
#include <algorithm>
#include <cctype>
#include <charconv>

// https://sw.kovidgoyal.net/kitty/keyboard-protocol: CSI code:shifted:base ; modifiers:event ; text u. xterm's "Control
// Sequences": CSI 27 ; modifiers ; code ~.
namespace isag {
namespace {

constexpr int shift = 1, control = 4, locks = 64 | 128;

int take_number(std::string_view& text, char separator, int otherwise = 0) {
    const std::string_view digits = take_field(text, separator);
    int number = otherwise;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

}  // namespace

TypedKey::TypedKey(std::string_view typed) {
    const auto byte = static_cast<unsigned char>(typed.front());
    code_ = byte < 0x20 ? std::tolower(byte + '@') : byte;
    modifiers_ = byte < 0x20 ? control : 0;
    if (!typed.starts_with("\x1b[")) return;
    const std::string_view rest = typed.substr(2);
    const auto* const final = std::find_if_not(rest.begin(), rest.end(), [](char c) { return c >= 0x20 && c < 0x40; });
    if (final == rest.end() || *final < 0x40 || *final == 0x7f) return;
    const auto size = static_cast<std::size_t>(final - rest.begin());
    length_ = 2 + size + 1;
    take_sequence(rest.substr(0, size), *final);
}

void TypedKey::take_sequence(std::string_view parameters, char final) {
    std::string_view codes = take_field(parameters, ';');
    std::string_view second = take_field(parameters, ';');
    modifiers_ = std::max(take_number(second, ':', 1), 1) - 1;
    event_ = take_number(second, ':', 1);
    code_ = 0;
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

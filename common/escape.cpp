// SPDX-License-Identifier: Apache-2.0
#include "common/escape.hpp"
#include "common/utf8.hpp"
#include <algorithm>
#include <cstdio>
#include <iterator>

namespace isag {
namespace {

struct Range {
    char32_t first, last;
};
// What makes a line look as something else: what changes the order of what is written (bidirectional controls), and
// what is not seen at all (Default_Ignorable_Code_Point of Unicode, fillers). Joiners and variation selectors are left:
// some scripts and emoji are not written without them.
constexpr Range deceivers[] = {
    {0xad, 0xad},     {0x61c, 0x61c},     {0x115f, 0x1160},   {0x17b4, 0x17b5},   {0x180e, 0x180e}, {0x200b, 0x200b},
    {0x200e, 0x200f}, {0x2028, 0x202e},   {0x2060, 0x206f},   {0x3164, 0x3164},   {0xfeff, 0xfeff}, {0xffa0, 0xffa0},
    {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

// The character that a valid UTF-8 sequence stands for.
char32_t character_of(std::string_view sequence) {
    const auto lead = static_cast<unsigned char>(sequence[0]);
    if (sequence.size() == 1) return lead;
    char32_t out = lead & (0x7fU >> sequence.size());
    for (const char next : sequence.substr(1)) out = out << 6 | (static_cast<unsigned char>(next) & 0x3fU);
    return out;
}

bool deceives(char32_t character) {
    return std::any_of(std::begin(deceivers), std::end(deceivers),
                       [&](const Range& range) { return character >= range.first && character <= range.last; });
}

bool is_control(std::string_view sequence) {
    const auto lead = static_cast<unsigned char>(sequence[0]);
    if (sequence.size() == 1) return lead < 0x20 || lead == 0x7f;
    return is_c1_control(sequence);
}

}  // namespace

std::string escape_controls(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        const std::string_view sequence = text.substr(0, length == 0 ? 1 : length);
        text.remove_prefix(sequence.size());
        if (length != 0 && !is_control(sequence) && !deceives(character_of(sequence))) {
            out += sequence;
        } else if (sequence == "\n") {
            out += "\\n";
        } else {
            for (const char c : sequence) {
                char hex[5];
                std::snprintf(hex, sizeof hex, "\\x%02x", static_cast<unsigned char>(c));
                out += hex;
            }
        }
    }
    return out;
}

std::size_t find_control(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = utf8_length(text.substr(at));
        if (length == 0 || is_control(text.substr(at, length))) return at;
        at += length;
    }
    return std::string_view::npos;
}

}  // namespace isag

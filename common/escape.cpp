// SPDX-License-Identifier: Apache-2.0
#include "common/escape.hpp"
#include "common/utf8.hpp"
#include <algorithm>
#include <cstdio>
#include <iterator>

namespace isag {
namespace {

// What makes a line look as something else: the order of what is written (the bidirectional controls), and what is not
// seen at all. Joiners (U+200C, U+200D) are left: some scripts and emoji are not written without them.
constexpr std::string_view deceivers[] = {
    "\u061c", "\u200b", "\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u202b", "\u202c",
    "\u202d", "\u202e", "\u2060", "\u2066", "\u2067", "\u2068", "\u2069", "\ufeff",
};

bool is_control(std::string_view sequence) {
    const auto lead = static_cast<unsigned char>(sequence[0]);
    if (sequence.size() == 1) return lead < 0x20 || lead == 0x7f;
    return is_c1_control(sequence) ||
           std::find(std::begin(deceivers), std::end(deceivers), sequence) != std::end(deceivers);
}

}  // namespace

std::string escape_controls(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        const std::string_view sequence = text.substr(0, length == 0 ? 1 : length);
        text.remove_prefix(sequence.size());
        if (length != 0 && !is_control(sequence)) {
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

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#include "common/escape.hpp"
#include "common/utf8.hpp"
#include <cstdio>

namespace isag {
namespace {

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

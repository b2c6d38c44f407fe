// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/flood.hpp"
#include <algorithm>

namespace isag::terminal {
namespace {

// The length of the SGR sequence at the beginning; 0 where there is none that is whole.
std::size_t pen_sequence_at(std::string_view text) {
    if (!text.starts_with("\x1b[")) return 0;
    const auto end = text.find_first_not_of("0123456789;:", 2);
    return end != text.npos && text[end] == 'm' ? end + 1 : 0;
}

bool is_plain(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || c == '\n' || c == '\r' || c == '\t';
}

// Where the cursor is after some text, as far as that is ASCII.
struct Column {
    int now;  // `columns`: behind the last one, and the next character wraps
    int columns;
    bool known = true;
    void take(char c) {
        if (c == '\r')
            now = 0, known = true;
        else if (c == '\n')
            now = std::min(now, columns - 1);
        else if (c == '\t')
            now = std::min((now / 8 + 1) * 8, columns - 1);
        else if (static_cast<unsigned char>(c) >= 0x80)
            known = false;
        else
            now = now >= columns ? 1 : now + 1;
    }
};

// Behind the newline before the last `kept` lines; 0 where there are not that many.
std::size_t begin_of_last(std::string_view text, std::size_t kept) {
    for (std::size_t at = text.size(); at > 0; --at)
        if (text[at - 1] == '\n' && kept-- == 0) return at;
    return 0;
}

}  // namespace

bool is_text(std::string_view output) {
    while (!output.empty()) {
        const auto length = is_plain(output.front()) ? 1 : pen_sequence_at(output);
        if (length == 0) return false;
        output.remove_prefix(length);
    }
    return true;
}

std::string last_of(std::string_view text, std::size_t kept, int column, int columns) {
    const std::size_t begin = begin_of_last(text, kept);
    if (begin == 0) return std::string(text);
    std::string pens;
    Column at{column, columns};
    for (auto left = text.substr(0, begin); !left.empty();) {
        const std::size_t pen = pen_sequence_at(left);
        if (pen > 0)
            pens += left.substr(0, pen);
        else
            at.take(left.front());
        left.remove_prefix(std::max<std::size_t>(pen, 1));
    }
    if (!at.known) return std::string(text);
    const std::string place = at.now > 0 ? "\x1b[" + std::to_string(at.now) + "C" : std::string();
    return pens + "\r" + place + std::string(text.substr(begin));
}

}  // namespace isag::terminal

// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/saved_cursor.hpp"
#include <algorithm>

namespace isag::terminal {

std::string cursor_sequence(int row, int column) {
    return "\x1b[" + std::to_string(std::max(row, 0) + 1) + ";" + std::to_string(std::max(column, 0) + 1) + "H";
}

std::string SavedCursor::modes() const {
    return std::string(origin ? "\x1b[?6h" : "\x1b[?6l") + (line_drawing ? "\x1b(0" : "\x1b(B");
}

std::string SavedCursor::save_sequence() const {
    return *this == SavedCursor() ? std::string() : save_by("\x1b\x37");  // DECSC
}

std::string SavedCursor::save_by(std::string_view sequence) const {
    const bool is_usual = !origin && !line_drawing;
    return (is_usual ? "" : modes()) + cursor_sequence(row, column) + pen + std::string(sequence) +
           (is_usual ? "" : SavedCursor().modes());
}

SavedCursorUse use_of_saved_cursor(const ControlSequence& sequence, bool margins) {
    using Kind = ControlSequence::Kind;
    using enum SavedCursorUse;
    const auto text = sequence.text;
    const char final = sequence.final;
    if (sequence.kind == Kind::escape && text.empty()) return final == '7' ? save : final == '8' ? restore : none;
    if (sequence.kind != Kind::control) return none;
    if (text.empty()) return final == 's' && !margins ? save : final == 'u' ? restore : none;
    if (text == "?1048" || text == "?1049") return final == 'h' ? save : final == 'l' ? restore : none;
    return none;
}

}  // namespace isag::terminal

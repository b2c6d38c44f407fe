// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/screen_state.hpp"
#include <algorithm>
#include <utility>

namespace isag::terminal {

PaintedScreen Screen::State::painted() const {
    return PaintedScreen(screen_lines(terminal.get(), modes.reverse_video(), marks));
}

// What paints both screens and sets the modes, on a terminal that is as it starts with the cursor at home; in_place:
// but that it shows something.
std::string Screen::State::shown(bool in_place) {
    int rows = 0, columns = 0;
    vterm_get_size(terminal.get(), &rows, &columns);
    const auto paint = [&](const PaintedScreen& what) { return in_place ? what.over(rows) : what.text(); };
    const int alternate = modes.alternate_screen();
    const std::string wrap = pending_wrap();
    std::string out = paint(alternate != 0 ? main_screen : painted()) + modes.push_keyboard(false);
    if (alternate != 0) {
        const std::string enter = "\x1b[?" + std::to_string(alternate) + "h";
        out += alternate == 1049 ? saved[0].save_by(enter) : saved[0].save_sequence() + enter;
        out += std::string("\x1b[0m") + (in_place ? "" : "\x1b[H\x1b[J") + paint(painted()) + modes.push_keyboard(true);
    }
    out += tabs.set_sequence() + saved[alternate != 0 ? 1 : 0].save_sequence() + modes.set_sequence();
    return out + cursor() + wrap + pen() + open_link() + modes.set_text_sequence();
}

std::string Screen::State::cursor() const {
    const VTermPos at = position();
    return cursor_sequence(at.row - modes.origin_row(), at.col - modes.origin_column());
}

// What makes the next character wrap, with the cursor where it is: the last character of the line once more. libvterm
// tells whether it will by letting the cursor go on where the line grows; then it has to be told again.
std::string Screen::State::pending_wrap() {
    int rows = 0, columns = 0;
    vterm_get_size(terminal.get(), &rows, &columns);
    const VTermPos at = position();
    const bool is_wide = vterm_state_get_lineinfo(cells, at.row)->doublewidth != 0;
    if (at.col < columns - 2 || !modes.wraps() || is_wide || scanner.in_sequence()) return {};
    vterm_set_size(terminal.get(), rows, columns + 1);
    const bool waits = position().col > at.col;
    vterm_set_size(terminal.get(), rows, columns);
    if (!waits) return {};
    // The last character's: that of a wide one is the last but one, unless it was erased since.
    const auto before_last = cell_at(screen, at.row, columns - 2);
    const int column = before_last.width == 2 && before_last.chars[0] != 0 ? columns - 2 : columns - 1;
    const auto cell = cell_at(screen, at.row, column);
    const auto* const row = marks.row(at.row);
    const auto* const mark = row ? row[column] : nullptr;
    const std::string character = cell_text(cell, mark, modes.reverse_video(), "");
    std::string kept = input.take_cut();
    SequenceScanner own;
    // Line drawing makes lines of letters, and SS2 letters of them again; alone, since a combining mark is lost behind
    // it.
    const std::string intro = modes.has_line_drawing() ? "\x1bN" : "";
    const std::string once_more = cell_text(cell, mark, modes.reverse_video(), intro);
    const std::string back = position().col > column ? "\b" : "";
    feed(back + (modes.link().empty() ? "" : link_sequence({})) + once_more + pen() + open_link(), own);
    input.put_back(std::move(kept));
    return character;
}

// libvterm 0.1.4 lets the cursor go with a line that scrolls off, and keeps margins and a saved cursor where no cell is
// any more. Without margins, as xterm is after a resize; what was saved is put back by us.
void Screen::State::follow_size() {
    const std::string kept = input.take_cut();
    const VTermPos at = position();
    SequenceScanner own;
    feed("\x1b[r", own);
    if (modes.has_margins()) feed("\x1b[s", own);
    feed(cursor_sequence(std::max(at.row, 0) - modes.origin_row(), at.col - modes.origin_column()), own);
    write("\x1b\x37");
    input.put_back(kept);
}

VTermPos Screen::State::position() const {
    VTermPos at{};
    vterm_state_get_cursorpos(cells, &at);
    return at;
}

}  // namespace isag::terminal

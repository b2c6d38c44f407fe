// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/screen.hpp"
#include "daemon/terminal/flood.hpp"
#include "daemon/terminal/known_pen.hpp"
#include "daemon/terminal/repeated_text.hpp"
#include "daemon/terminal/screen_state.hpp"
#include <utility>

namespace isag::terminal {
namespace {

constexpr std::size_t most_put_off = std::size_t{4} << 20;  // bytes

// What libvterm is given instead of a sequence that it doesn't know; none where it does.
std::optional<std::string> known_sequence(const ControlSequence& sequence, bool enters_alternate) {
    if (sets_pen(sequence)) return known_pen(sequence.text);
    if (sequence.kind != ControlSequence::Kind::control || sequence.text != "?47") return std::nullopt;
    if (sequence.final == 'h' && !enters_alternate) return "";  // libvterm would erase it
    return std::string("\x1b[?1047") + sequence.final;
}

}  // namespace

void Screen::State::feed(std::string_view output, SequenceScanner& through) {
    while (!output.empty()) {
        const auto piece = output.substr(0, through.next(output));
        if (const auto* const sequence = through.ended())
            take(piece, *sequence);
        else
            write(piece);
        output.remove_prefix(piece.size());
    }
}

void Screen::State::catch_up() {
    if (put_off.empty()) return;
    const std::string text = std::exchange(put_off, {});
    if (input.waits() || !modes.writes_as_usual() || !tabs.are_usual()) return feed(text);
    int rows = 0, columns = 0;
    vterm_get_size(terminal.get(), &rows, &columns);
    // Twice the rows: the first of them may still be written over what is shown.
    feed(last_of(text, KeptLines::most + 2 * static_cast<std::size_t>(rows), position().col, columns));
}

void Screen::State::take(std::string_view piece, const ControlSequence& sequence) {
    const bool was_alternate = modes.alternate_screen() != 0;
    const bool had_margins = modes.has_margins();
    modes.take(sequence);
    const bool is_alternate = modes.alternate_screen() != 0;
    const bool enters_alternate = is_alternate && !was_alternate;
    write_last(piece, sequence, enters_alternate, !had_margins && modes.has_margins());
    if (!is_alternate) main_screen.clear();
    follow_pen(sequence);
    const bool is_command = sequence.kind == ControlSequence::Kind::command;
    if (is_command || sets_pen(sequence)) marks.set({extra.underline_sequence(), modes.link()});
    tabs.take(sequence, position().col);
    const auto use = use_of_saved_cursor(sequence, had_margins);
    if (use == SavedCursorUse::save)
        saved[was_alternate ? 1 : 0] = {position().row, position().col, pen(), modes.has_origin(),
                                        modes.has_line_drawing()};
    if (enters_alternate) saved[1] = {};
    if (use == SavedCursorUse::restore) restore(saved[is_alternate ? 1 : 0]);
    const bool is_control = sequence.kind == ControlSequence::Kind::control;
    const bool is_escape = sequence.kind == ControlSequence::Kind::escape;
    if (is_control && sequence.final == 'p' && sequence.text == "!") follow_soft_reset();
    const bool erases_lines = is_control && sequence.final == 'J' && sequence.text == "3";
    const bool resets = is_escape && sequence.final == 'c' && sequence.text.empty();
    if (erases_lines || resets) lines.clear();
    if (!resets) return;
    write("\x1b[?5l\x1b[?1047l\x1b\x63");  // libvterm leaves these on, and the main screen as it was
    vterm_screen_reset(screen, 1);
    saved[0] = saved[1] = {};
    extra = {};
    marks.clear();
}

// The last byte makes libvterm act on the sequence.
void Screen::State::write_last(std::string_view piece, const ControlSequence& sequence, bool enters_alternate,
                               bool enters_margins) {
    const bool saves_cursor =
        sequence.kind == ControlSequence::Kind::control && sequence.final == 's' && !modes.has_margins();
    const auto instead = known_sequence(sequence, enters_alternate);
    if (!enters_alternate && !enters_margins && !saves_cursor && !instead) {
        write(piece);
        return write(repeated_text(terminal.get(), sequence));
    }
    write(piece.substr(0, piece.size() - 1));
    if (saves_cursor) return write("\x18");  // cancelled: libvterm would set margins all the same
    if (enters_alternate) main_screen = painted();
    if (instead) return write("\x18" + *instead);
    const std::string at = cursor();
    write(piece.substr(piece.size() - 1));
    if (enters_margins) write("\x1b[s" + at);  // libvterm keeps those it had
}

// DECSTR, which libvterm passes over.
void Screen::State::follow_soft_reset() {
    write("\x1b[4l\x1b[?6l\x1b[?7h\x1b(B\x1b[r" + cursor());
    SequenceScanner own;
    feed("\x1b[0m", own);
    saved[modes.alternate_screen() != 0 ? 1 : 0] = {};
}

// libvterm has one saved cursor for both screens, and of what comes with it knows the pen alone.
void Screen::State::restore(const SavedCursor& from) {
    SequenceScanner own;
    if (from.origin != modes.has_origin() || from.line_drawing != modes.has_line_drawing()) feed(from.modes(), own);
    feed(cursor_sequence(from.row - modes.origin_row(), from.column - modes.origin_column()) + from.pen, own);
}

// What libvterm doesn't know of the pen is put into its font; when it restores a pen (DECRC and its kin) it comes back.
void Screen::State::follow_pen(const ControlSequence& sequence) {
    if (sequence.kind == ControlSequence::Kind::command) return;
    if (sets_pen(sequence))
        extra.take(sequence.text);
    else
        extra.take_font(font_of(cells));
    if (font_of(cells) != extra.font()) write("\x1b[" + std::to_string(10 + extra.font()) + "m");
}

Screen::Screen(const proto::TerminalSize& size) : state_(std::make_unique<State>(size)) {}
Screen::~Screen() = default;
Screen::Screen(Screen&&) noexcept = default;
Screen& Screen::operator=(Screen&&) noexcept = default;

// Text is put off: in a flood most of it has scrolled away before somebody looks.
std::string Screen::feed(std::string_view output) {
    if (!state_->scanner.in_sequence() && is_text(output)) {
        state_->put_off += output;
        if (state_->put_off.size() >= most_put_off) state_->catch_up();
        return {};
    }
    state_->catch_up();
    state_->feed(state_->strings.translate(output));
    return std::exchange(state_->replies, {});
}

void Screen::resize(const proto::TerminalSize& size) {
    state_->catch_up();
    const auto [rows, columns] = bounded(size);
    const auto before = this->size();
    vterm_set_size(state_->terminal.get(), rows, columns);
    if (rows != before.rows || columns != before.columns) state_->follow_size();
    state_->tabs.resize(columns);
}

proto::TerminalSize Screen::size() const {
    int rows = 0, columns = 0;
    vterm_get_size(state_->terminal.get(), &rows, &columns);
    return {rows, columns};
}

bool Screen::is_whole() const {
    state_->catch_up();
    return !state_->scanner.in_sequence() && !state_->input.waits();
}

std::string Screen::snapshot() const {
    state_->catch_up();
    return state_->lines.text() + state_->shown(false);
}

// ST ends a string that was cut, its ESC any other sequence.
std::string Screen::repaint() const {
    const auto rows = static_cast<std::size_t>(size().rows);
    return "\x1b\\\x1b[0m" + cursor_sequence(largest_size - 1, 0) + std::string(rows, '\n') + "\x1b[H\x1b[J" +
           snapshot();
}

// SI ends a character set, and a blank a character that was cut; leaving the alternate screen may have brought a saved
// origin mode back.
std::string Screen::refresh() const {
    state_->catch_up();
    return "\x1b\\" + state_->modes.reset_everything() + "\x0f\x1b[?6l\x1b[H\x1b\x37 " + state_->shown(true);
}

}  // namespace isag::terminal

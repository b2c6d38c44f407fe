// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/screen.hpp"
#include "common/sequence_scanner.hpp"
#include "common/terminal_modes.hpp"
#include "daemon/terminal/extra_attributes.hpp"
#include "daemon/terminal/flood.hpp"
#include "daemon/terminal/kept_lines.hpp"
#include "daemon/terminal/known_pen.hpp"
#include "daemon/terminal/known_strings.hpp"
#include "daemon/terminal/paint.hpp"
#include "daemon/terminal/painted_screen.hpp"
#include "daemon/terminal/repeated_text.hpp"
#include "daemon/terminal/safe_sequences.hpp"
#include "daemon/terminal/saved_cursor.hpp"
#include "daemon/terminal/tab_stops.hpp"
#include "daemon/terminal/whole_characters.hpp"
#include <algorithm>
#include <new>
#include <utility>
#include <vterm.h>

namespace isag::terminal {
namespace {

constexpr int largest = 1000;
constexpr std::size_t most_put_off = std::size_t{4} << 20;  // bytes

int bounded(std::int64_t value) { return static_cast<int>(std::clamp<std::int64_t>(value, 1, largest)); }

struct Free {
    void operator()(VTerm* terminal) const { vterm_free(terminal); }
};

}  // namespace

struct Screen::State {
    explicit State(const proto::TerminalSize& size)
        : terminal(vterm_new(bounded(size.rows), bounded(size.columns))), tabs(bounded(size.columns)) {
        if (!terminal) throw std::bad_alloc();
        vterm_set_utf8(terminal.get(), 1);
        vterm_output_set_callback(terminal.get(), take_reply, this);
        screen = vterm_obtain_screen(terminal.get());
        cells = vterm_obtain_state(terminal.get());
        vterm_screen_enable_altscreen(screen, 1);
        vterm_screen_set_damage_merge(screen, VTERM_DAMAGE_SCREEN);  // nobody asks what was damaged
        static const VTermScreenCallbacks callbacks = make_callbacks();
        vterm_screen_set_callbacks(screen, &callbacks, this);
        vterm_screen_reset(screen, 1);
    }

    static VTermScreenCallbacks make_callbacks() {
        VTermScreenCallbacks callbacks{};
        callbacks.sb_pushline = [](int count, const VTermScreenCell* line, void* self) {
            static_cast<State*>(self)->lines.add(line_text(line, count, false));
            return 1;
        };
        return callbacks;
    }
    static void take_reply(const char* bytes, std::size_t size, void* self) {
        auto& replies = static_cast<State*>(self)->replies;
        constexpr std::size_t most = 4096;
        if (replies.size() < most) replies.append(bytes, size);
    }

    void write(std::string_view bytes) { input.write(bytes); }
    void feed(std::string_view output) { feed(output, scanner); }
    void feed(std::string_view output, SequenceScanner& through);
    void catch_up();
    void take(std::string_view piece, const ControlSequence& sequence);
    void write_last(std::string_view piece, const ControlSequence& sequence, bool enters_alternate,
                    bool enters_margins);
    void follow_soft_reset();
    void follow_pen(const ControlSequence& sequence);
    void restore(const SavedCursor& saved);
    PaintedScreen painted() const;
    std::string shown(bool in_place);
    std::string cursor() const;
    std::string pending_wrap();
    VTermPos position() const;
    std::string pen() const { return pen_sequence(cells) + extra.underline_sequence(); }

    std::unique_ptr<VTerm, Free> terminal;
    SafeSequences sequences;
    WholeCharacters input{[this](std::string_view bytes) {
        const auto safe = sequences.pass(bytes);
        vterm_input_write(terminal.get(), safe.data(), safe.size());
    }};
    VTermScreen* screen = nullptr;
    VTermState* cells = nullptr;
    KnownStrings strings;
    SequenceScanner scanner;
    TerminalModes modes;
    ExtraAttributes extra;
    TabStops tabs;
    SavedCursor saved[2];  // on the main and the alternate screen
    KeptLines lines;
    PaintedScreen main_screen;  // as when the alternate one was entered: libvterm shows the current one only
    std::string replies;
    std::string put_off;  // text
};

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
}

// The last byte makes libvterm act on the sequence.
void Screen::State::write_last(std::string_view piece, const ControlSequence& sequence, bool enters_alternate,
                               bool enters_margins) {
    const bool saves_cursor =
        sequence.kind == ControlSequence::Kind::control && sequence.final == 's' && !modes.has_margins();
    const auto instead = sets_pen(sequence) ? known_pen(sequence.text) : std::nullopt;
    if (!enters_alternate && !enters_margins && !saves_cursor && !instead) {
        write(piece);
        return write(repeated_text(terminal.get(), sequence));
    }
    write(piece.substr(0, piece.size() - 1));
    if (saves_cursor) return write("\x18");  // cancelled: libvterm would set margins all the same
    if (instead) return write("\x18" + *instead);
    if (enters_alternate) main_screen = painted();
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

PaintedScreen Screen::State::painted() const {
    return PaintedScreen(screen_lines(terminal.get(), modes.reverse_video()));
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
    return out + cursor() + wrap + pen() + modes.set_text_sequence();
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
    int column = at.col;  // that of a wide character is the last but one
    if (column + cell_at(screen, at.row, column).width < columns) column = columns - 1;
    const auto cell = cell_at(screen, at.row, column);
    std::string kept = input.take_cut();
    SequenceScanner own;
    feed((position().col > column ? "\b" : "") + cell_text(cell, modes.reverse_video(), "\x1bN") + pen(), own);  // SS2
    input.put_back(std::move(kept));
    return cell_text(cell, modes.reverse_video(), "");
}

VTermPos Screen::State::position() const {
    VTermPos at{};
    vterm_state_get_cursorpos(cells, &at);
    return at;
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
    vterm_set_size(state_->terminal.get(), bounded(size.rows), bounded(size.columns));
    state_->tabs.resize(bounded(size.columns));
}

proto::TerminalSize Screen::size() const {
    int rows = 0, columns = 0;
    vterm_get_size(state_->terminal.get(), &rows, &columns);
    return {rows, columns};
}

std::string Screen::snapshot() const {
    state_->catch_up();
    return state_->lines.text() + state_->shown(false);
}

// ST ends a string that was cut, its ESC any other sequence.
std::string Screen::repaint() const {
    const auto rows = static_cast<std::size_t>(size().rows);
    return "\x1b\\\x1b[0m" + cursor_sequence(largest - 1, 0) + std::string(rows, '\n') + "\x1b[H\x1b[J" + snapshot();
}

// SI ends a character set, and a blank a character that was cut; leaving the alternate screen may have brought a saved
// origin mode back.
std::string Screen::refresh() const {
    state_->catch_up();
    return "\x1b\\" + state_->modes.reset_everything() + "\x0f\x1b[?6l\x1b[H\x1b\x37 " + state_->shown(true);
}

}  // namespace isag::terminal

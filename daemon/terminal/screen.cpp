// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/screen.hpp"
#include "common/sequence_scanner.hpp"
#include "common/terminal_modes.hpp"
#include "daemon/terminal/extra_attributes.hpp"
#include "daemon/terminal/flood.hpp"
#include "daemon/terminal/known_strings.hpp"
#include "daemon/terminal/paint.hpp"
#include <algorithm>
#include <deque>
#include <new>
#include <utility>
#include <vector>
#include <vterm.h>

namespace isag::terminal {
namespace {

constexpr int largest = 1000;
constexpr std::size_t most_put_off = std::size_t{4} << 20;  // bytes

int bounded(std::int64_t value) { return static_cast<int>(std::clamp<std::int64_t>(value, 1, largest)); }

std::string place(int row, int column) {
    return "\x1b[" + std::to_string(row + 1) + ";" + std::to_string(column + 1) + "H";
}

// How many bytes at the end are the beginning of a character (UTF-8) that is not there whole.
std::size_t cut_character(std::string_view bytes) {
    for (std::size_t back = 1; back <= std::min<std::size_t>(bytes.size(), 3); ++back) {
        const auto byte = static_cast<unsigned char>(bytes[bytes.size() - back]);
        if ((byte & 0xc0) == 0x80) continue;
        const std::size_t length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
        return length > back ? back : 0;
    }
    return 0;
}

struct Free {
    void operator()(VTerm* terminal) const { vterm_free(terminal); }
};

}  // namespace

struct Screen::State {
    explicit State(const proto::TerminalSize& size) : terminal(vterm_new(bounded(size.rows), bounded(size.columns))) {
        if (!terminal) throw std::bad_alloc();
        vterm_set_utf8(terminal.get(), 1);
        vterm_output_set_callback(terminal.get(), take_reply, this);
        screen = vterm_obtain_screen(terminal.get());
        cells = vterm_obtain_state(terminal.get());
        vterm_screen_enable_altscreen(screen, 1);
        vterm_screen_set_damage_merge(screen, VTERM_DAMAGE_SCREEN);  // nobody asks what was damaged
        static const VTermScreenCallbacks callbacks = make_callbacks();
        vterm_screen_set_callbacks(screen, &callbacks, this);
        reset();
    }

    static VTermScreenCallbacks make_callbacks() {
        VTermScreenCallbacks callbacks{};
        callbacks.sb_pushline = [](int count, const VTermScreenCell* line, void* self) {
            static_cast<State*>(self)->keep(line_text(line, count, false));
            return 1;
        };
        return callbacks;
    }
    static void take_reply(const char* bytes, std::size_t size, void* self) {
        auto& replies = static_cast<State*>(self)->replies;
        constexpr std::size_t most = 4096;
        if (replies.size() < most) replies.append(bytes, size);
    }

    // What libvterm restores (DECRC) where nothing was saved would be black on black.
    void reset() {
        vterm_screen_reset(screen, 1);
        write(
            "\x1b"
            "7");
    }
    void write(std::string_view bytes);
    void feed(std::string_view output);
    void catch_up();
    void keep(std::string line);
    void take(std::string_view piece, const ControlSequence& sequence);
    void follow_pen(const ControlSequence& sequence);
    int font() const;
    std::string painted() const;
    std::string shown() const;
    std::string cursor(int origin) const;
    std::string pen() const;

    std::unique_ptr<VTerm, Free> terminal;
    VTermScreen* screen = nullptr;
    VTermState* cells = nullptr;
    KnownStrings strings;
    SequenceScanner scanner;
    TerminalModes modes;
    ExtraAttributes extra;
    std::deque<std::string> lines;  // scrolled off the top
    std::size_t line_bytes = 0;
    std::string main_screen;  // as painted when the alternate one was entered: libvterm shows the current one only
    std::string replies;
    std::string put_off;  // text
    std::string cut;      // the beginning of a character whose rest has not come
};

// libvterm puts each piece on the stack, and takes no character that is cut.
void Screen::State::write(std::string_view bytes) {
    constexpr std::size_t most = 4096;
    std::string joined;
    if (!cut.empty() && !bytes.empty()) {
        const bool goes_on = (static_cast<unsigned char>(bytes.front()) & 0xc0) == 0x80;
        joined = (goes_on ? cut : "\xef\xbf\xbd") + std::string(bytes);  // else U+FFFD
        cut.clear();
        bytes = joined;
    }
    while (!bytes.empty()) {
        std::size_t size = std::min(bytes.size(), most);
        const std::size_t tail = cut_character(bytes.substr(0, size));
        if (tail == bytes.size()) {
            cut = bytes;
            return;
        }
        size -= tail;
        vterm_input_write(terminal.get(), bytes.data(), size);
        bytes.remove_prefix(size);
    }
}

void Screen::State::feed(std::string_view output) {
    while (!output.empty()) {
        const auto piece = output.substr(0, scanner.next(output));
        if (const auto* const sequence = scanner.ended())
            take(piece, *sequence);
        else
            write(piece);
        output.remove_prefix(piece.size());
    }
}

void Screen::State::catch_up() {
    if (put_off.empty()) return;
    const std::string text = std::exchange(put_off, {});
    if (!cut.empty() || !modes.scrolls_whole()) return feed(text);
    int rows = 0, columns = 0;
    vterm_get_size(terminal.get(), &rows, &columns);
    VTermPos at{};
    vterm_state_get_cursorpos(cells, &at);
    feed(last_of(text, most_lines + static_cast<std::size_t>(rows), at.col, columns));
}

void Screen::State::keep(std::string line) {
    line_bytes += line.size();
    lines.push_back(std::move(line));
    while (lines.size() > most_lines || line_bytes > most_bytes) {
        line_bytes -= lines.front().size();
        lines.pop_front();
    }
}

void Screen::State::take(std::string_view piece, const ControlSequence& sequence) {
    const bool was_alternate = modes.alternate_screen() != 0;
    modes.take(sequence);
    const bool is_alternate = modes.alternate_screen() != 0;
    if (is_alternate && !was_alternate) {  // a look at the main screen before the last byte of the sequence
        write(piece.substr(0, piece.size() - 1));
        main_screen = painted() + pen() + cursor(0);
        write(piece.substr(piece.size() - 1));
    } else {
        write(piece);
    }
    if (!is_alternate) main_screen.clear();
    follow_pen(sequence);
    const bool erases_lines =
        sequence.kind == ControlSequence::Kind::control && sequence.final == 'J' && sequence.text == "3";
    const bool resets =
        sequence.kind == ControlSequence::Kind::escape && sequence.final == 'c' && sequence.text.empty();
    if (erases_lines || resets) lines.clear(), line_bytes = 0;
    if (resets) reset();
}

// What libvterm doesn't know of the pen is put into its font; when it restores a pen (DECRC and its kin) it comes back.
void Screen::State::follow_pen(const ControlSequence& sequence) {
    const bool is_control = sequence.kind == ControlSequence::Kind::control;
    if (is_control && sequence.final == 'm' &&
        sequence.text.find_first_not_of("0123456789;:") == std::string_view::npos)
        extra.take(sequence.text);
    else if (sequence.kind == ControlSequence::Kind::command)
        return;
    else
        extra = ExtraAttributes::of_font(font());
    if (font() != extra.font()) write("\x1b[" + std::to_string(10 + extra.font()) + "m");
}

int Screen::State::font() const {
    VTermValue value{};
    vterm_state_get_penattr(cells, VTERM_ATTR_FONT, &value);
    return value.number;
}

// The current screen from its upper left corner, line by line.
std::string Screen::State::painted() const {
    int rows = 0, columns = 0;
    vterm_get_size(terminal.get(), &rows, &columns);
    std::vector<VTermScreenCell> line(static_cast<std::size_t>(columns));
    std::string out;
    for (int row = 0; row < rows; ++row) {
        for (int column = 0; column < columns; ++column)
            vterm_screen_get_cell(screen, {row, column}, &line[static_cast<std::size_t>(column)]);
        out += (row == 0 ? "" : "\r\n") + line_text(line.data(), columns, modes.reverse_video());
    }
    return out;
}

// What paints both screens and sets the modes, on a terminal that is as it starts with the cursor at home.
std::string Screen::State::shown() const {
    const int alternate = modes.alternate_screen();
    std::string out = (alternate != 0 ? main_screen : painted()) + modes.push_keyboard(false);
    if (alternate != 0)
        out += "\x1b[?" + std::to_string(alternate) + "h\x1b[0m\x1b[H\x1b[J" + painted() + modes.push_keyboard(true);
    return out + modes.set_sequence() + cursor(modes.origin()) + pen();
}

std::string Screen::State::cursor(int origin) const {
    VTermPos at{};
    vterm_state_get_cursorpos(cells, &at);
    return place(std::max(at.row - origin, 0), at.col);
}

std::string Screen::State::pen() const {
    const auto value_of = [this](VTermAttr attribute) {
        VTermValue value{};
        vterm_state_get_penattr(cells, attribute, &value);
        return value;
    };
    VTermScreenCell cell{};
    cell.attrs.bold = value_of(VTERM_ATTR_BOLD).boolean != 0;
    cell.attrs.underline = static_cast<unsigned>(value_of(VTERM_ATTR_UNDERLINE).number) & 3U;
    cell.attrs.italic = value_of(VTERM_ATTR_ITALIC).boolean != 0;
    cell.attrs.blink = value_of(VTERM_ATTR_BLINK).boolean != 0;
    cell.attrs.reverse = value_of(VTERM_ATTR_REVERSE).boolean != 0;
    cell.attrs.strike = value_of(VTERM_ATTR_STRIKE).boolean != 0;
    cell.attrs.font = static_cast<unsigned>(font()) & 15U;
    cell.fg = value_of(VTERM_ATTR_FOREGROUND).color;
    cell.bg = value_of(VTERM_ATTR_BACKGROUND).color;
    return pen_sequence(cell);
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
}

proto::TerminalSize Screen::size() const {
    int rows = 0, columns = 0;
    vterm_get_size(state_->terminal.get(), &rows, &columns);
    return {rows, columns};
}

std::string Screen::snapshot() const {
    state_->catch_up();
    std::string out;
    for (const auto& line : state_->lines) out += line + "\r\n";
    return out + state_->shown();
}

// ST ends a string that was cut, its ESC any other sequence, and a blank a character.
std::string Screen::repaint() const {
    const auto rows = static_cast<std::size_t>(size().rows);
    return "\x1b\\\x1b[0m" + place(largest - 1, 0) + std::string(rows, '\n') + "\x1b[H\x1b[J" + snapshot();
}

std::string Screen::refresh() const {
    state_->catch_up();
    return "\x1b\\" + state_->modes.reset_everything() + "\x1b[H \x1b[H\x1b[J" + state_->shown();
}

}  // namespace isag::terminal

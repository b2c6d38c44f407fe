// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/paint.hpp"
#include "common/terminal_modes.hpp"
#include "daemon/terminal/extra_attributes.hpp"
#include <algorithm>
#include <cstdint>

namespace isag::terminal {
namespace {

// The cell to the right of a wide character.
constexpr std::uint32_t covered = static_cast<std::uint32_t>(-1);

void add_utf8(std::string& out, std::uint32_t c) {
    const auto byte = [&out](std::uint32_t value) { out += static_cast<char>(value); };
    const auto tail = [&](int shift) { byte(0x80 | ((c >> shift) & 0x3f)); };
    if (c < 0x80) {
        byte(c);
    } else if (c < 0x800) {
        byte(0xc0 | c >> 6), tail(0);
    } else if (c < 0x10000) {
        byte(0xe0 | c >> 12), tail(6), tail(0);
    } else {
        byte(0xf0 | c >> 18), tail(12), tail(6), tail(0);
    }
}

// SGR 30 to 37 and 90 to 97 name the first sixteen colours; 40 and 100 lie ten above.
void add_colour(std::string& out, const VTermColor& colour, bool background) {
    const int above = background ? 10 : 0;
    const auto number = [&out](int value) { out += ";" + std::to_string(value); };
    if (background ? VTERM_COLOR_IS_DEFAULT_BG(&colour) : VTERM_COLOR_IS_DEFAULT_FG(&colour)) return;
    if (VTERM_COLOR_IS_INDEXED(&colour)) {
        const int index = colour.indexed.idx;
        if (index < 8) return number(30 + above + index);
        if (index < 16) return number(90 + above + index - 8);
        number(38 + above), number(5), number(index);
    } else {
        number(38 + above), number(2);
        number(colour.rgb.red), number(colour.rgb.green), number(colour.rgb.blue);
    }
}

bool is_blank(const VTermScreenCell& cell, bool reversed) {
    return (cell.chars[0] == 0 || cell.chars[0] == ' ') && cell.attrs.reverse == (reversed ? 1U : 0U) &&
           cell.attrs.underline == 0 && cell.attrs.strike == 0 &&
           !ExtraAttributes::of_font(static_cast<int>(cell.attrs.font)).overlined &&
           VTERM_COLOR_IS_DEFAULT_BG(&cell.bg);
}

// As libvterm counts it, but for a few symbols.
bool is_wide(std::uint32_t c) {
    return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) ||
           (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
           (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd);
}

void add_characters(std::string& out, const VTermScreenCell& cell) {
    if (cell.chars[0] == 0) {
        out += ' ';
        return;
    }
    for (const auto c : cell.chars) {
        if (c == 0) break;
        add_utf8(out, c);
    }
}

bool same_pen(const VTermScreenCell& a, const VTermScreenCell& b) {
    const auto& x = a.attrs;
    const auto& y = b.attrs;
    return x.bold == y.bold && x.underline == y.underline && x.italic == y.italic && x.blink == y.blink &&
           x.reverse == y.reverse && x.strike == y.strike && x.font == y.font && vterm_color_is_equal(&a.fg, &b.fg) &&
           vterm_color_is_equal(&a.bg, &b.bg);
}

VTermScreenCell blank() {
    VTermScreenCell cell{};
    cell.fg.type = VTERM_COLOR_DEFAULT_FG;
    cell.bg.type = VTERM_COLOR_DEFAULT_BG;
    return cell;
}

// Where half of a wide character was overwritten, the other half shows nothing. To the right one libvterm gives no pen:
// it has that of what was there before.
void blank_halves(std::vector<VTermScreenCell>& cells, bool reversed) {
    bool whole = false;  // the cell before is the left half of one that is whole
    for (std::size_t i = 0; i < cells.size(); ++i) {
        auto& first = cells[i].chars[0];
        const bool is_right_half = first == covered;
        if (!is_right_half && cells[i].width == 1 && is_wide(first)) first = 0;
        const bool next_is_covered = i + 1 < cells.size() && cells[i + 1].chars[0] == covered;
        if (is_right_half && !whole) {
            cells[i] = blank();
            cells[i].attrs.reverse = reversed ? 1U : 0U;
        }
        whole = !is_right_half && first >= 0x1100 && next_is_covered;
    }
}

// A line that is written with as few changes of the pen as its cells need.
class Line {
public:
    void set_link(std::string_view link) {
        if (link == link_) return;
        if (link_bytes_ + link.size() > most_link_bytes) link = {};
        text_ += link_sequence(link);
        link_bytes_ += link.size();
        link_ = link;
    }
    // A blank takes the pen as it is, where that doesn't show.
    void add(VTermScreenCell cell, std::string_view underline) {
        if (is_blank(cell, false)) cell = is_blank(pen_, false) ? pen_ : blank();
        if (cell.attrs.underline == 0) underline = {};
        if (!same_pen(cell, pen_) || underline != underline_) {
            const std::string wanted = pen_sequence(cell) + std::string(underline);
            if (wanted != last_) text_ += wanted;
            last_ = wanted;
            pen_ = cell;
            pen_.chars[0] = 0;
            underline_ = underline;
        }
        add_characters(text_, cell);
    }
    std::string end() const { return text_ + (link_.empty() ? "" : link_sequence({})) + (last_ == plain ? "" : plain); }

private:
    static constexpr const char* plain = "\x1b[0m";
    std::string text_;
    VTermScreenCell pen_ = blank();
    std::string_view underline_;
    std::string last_ = plain;  // what set the pen
    std::string_view link_;
    std::size_t link_bytes_ = 0;
};

}  // namespace

std::string pen_sequence(const VTermScreenCell& cell) {
    const auto extra = ExtraAttributes::of_font(static_cast<int>(cell.attrs.font));
    std::string out = "\x1b[0";
    if (cell.attrs.bold) out += ";1";
    if (extra.faint) out += ";2";
    if (cell.attrs.italic) out += ";3";
    if (cell.attrs.underline == VTERM_UNDERLINE_SINGLE) out += ";4";
    if (cell.attrs.underline > VTERM_UNDERLINE_SINGLE) out += ";4:" + std::to_string(cell.attrs.underline);
    if (cell.attrs.blink) out += ";5";
    if (cell.attrs.reverse) out += ";7";
    if (extra.concealed) out += ";8";
    if (cell.attrs.strike) out += ";9";
    if (extra.overlined) out += ";53";
    add_colour(out, cell.fg, false);
    add_colour(out, cell.bg, true);
    return out + "m";
}

int font_of(const VTermState* state) {
    VTermValue value{};
    vterm_state_get_penattr(state, VTERM_ATTR_FONT, &value);
    return value.number;
}

std::string pen_sequence(const VTermState* state) {
    const auto value_of = [state](VTermAttr attribute) {
        VTermValue value{};
        vterm_state_get_penattr(state, attribute, &value);
        return value;
    };
    VTermScreenCell cell{};
    cell.attrs.bold = value_of(VTERM_ATTR_BOLD).boolean != 0;
    cell.attrs.underline = static_cast<unsigned>(value_of(VTERM_ATTR_UNDERLINE).number) & 3U;
    cell.attrs.italic = value_of(VTERM_ATTR_ITALIC).boolean != 0;
    cell.attrs.blink = value_of(VTERM_ATTR_BLINK).boolean != 0;
    cell.attrs.reverse = value_of(VTERM_ATTR_REVERSE).boolean != 0;
    cell.attrs.strike = value_of(VTERM_ATTR_STRIKE).boolean != 0;
    cell.attrs.font = static_cast<unsigned>(font_of(state)) & 15U;
    cell.fg = value_of(VTERM_ATTR_FOREGROUND).color;
    cell.bg = value_of(VTERM_ATTR_BACKGROUND).color;
    return pen_sequence(cell);
}

VTermScreenCell cell_at(const VTermScreen* screen, int row, int column) {
    VTermScreenCell cell{};
    vterm_screen_get_cell(screen, {row, column}, &cell);
    return cell;
}

VTermScreenCell character_before(const VTermScreen* screen, VTermPos place) {
    VTermScreenCell cell{};
    for (int column = place.col - 1; column >= std::max(place.col - 2, 0); --column) {
        cell = cell_at(screen, place.row, column);
        if (cell.chars[0] != covered) return cell;
    }
    return {};
}

std::string characters_of(const VTermScreenCell& cell) {
    std::string out;
    add_characters(out, cell);
    return out;
}

std::string link_sequence(std::string_view link) {
    return link.empty() ? TerminalModes::end_of_link : "\x1b]8;" + std::string(link) + "\x1b\\";
}

std::string cell_text(const VTermScreenCell& cell, const CellMark* mark, bool reversed, std::string_view intro) {
    std::vector<VTermScreenCell> cells{cell};
    blank_halves(cells, reversed);
    if (reversed) cells[0].attrs.reverse ^= 1U;
    const CellMark marked = mark ? *mark : CellMark();
    std::string out = pen_sequence(cells[0]) + marked.underline;
    if (!marked.link.empty()) out += link_sequence(marked.link);
    out += intro;
    add_characters(out, cells[0]);
    if (!marked.link.empty()) out += link_sequence({});
    return out;
}

std::string line_text(const VTermScreenCell* from, int count, bool reversed, const CellMark* const* marks) {
    // Most lines are short, and a flood has many of them.
    while (count > 1 && from[count - 1].chars[0] == 0 && is_blank(from[count - 1], reversed)) --count;
    std::vector<VTermScreenCell> cells(from, from + count);
    blank_halves(cells, reversed);
    const auto link_at = [&](std::size_t i) {
        const bool is_half = cells[i].chars[0] == 0 && from[i].chars[0] != 0;
        return marks && marks[i] && !is_half ? std::string_view(marks[i]->link) : "";
    };
    while (!cells.empty() && is_blank(cells.back(), reversed) && link_at(cells.size() - 1).empty()) cells.pop_back();
    Line line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (cells[i].chars[0] == covered) continue;
        if (reversed) cells[i].attrs.reverse ^= 1U;
        line.set_link(link_at(i));
        line.add(cells[i], marks && marks[i] ? std::string_view(marks[i]->underline) : "");
    }
    return line.end();
}

std::vector<std::string> screen_lines(VTerm* terminal, bool reversed, const CellMarks& marks) {
    const auto* const screen = vterm_obtain_screen(terminal);
    int rows = 0, columns = 0;
    vterm_get_size(terminal, &rows, &columns);
    std::vector<VTermScreenCell> line(static_cast<std::size_t>(columns));
    std::vector<std::string> out;
    for (int row = 0; row < rows; ++row) {
        for (int column = 0; column < columns; ++column)
            line[static_cast<std::size_t>(column)] = cell_at(screen, row, column);
        out.push_back(line_text(line.data(), columns, reversed, marks.row(row)));
    }
    return out;
}

}  // namespace isag::terminal

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <set>
#include <string>
#include <tuple>
#include <vector>
#include <vterm.h>

namespace isag::terminal {

// What a cell has that libvterm doesn't keep.
struct CellMark {
    std::string underline;          // the SGR sequence that gives its underline a colour; empty: it has the text's
    std::string link;               // parameters and address, as an OSC 8 has them; empty: it belongs to none
    mutable std::size_t cells = 0;  // that have it

    bool empty() const { return underline.empty() && link.empty(); }
    auto operator<=>(const CellMark& other) const {
        return std::tie(underline, link) <=> std::tie(other.underline, other.link);
    }
};

// The marks of both screens' cells. libvterm says what it has changed, cell by cell (VTERM_DAMAGE_CELL); nothing is
// kept before there is a first mark.
class CellMarks {
public:
    // Different ones. Where as many are shown, what is written with another has none.
    static constexpr std::size_t most = 1024;

    CellMarks(int rows, int columns) : rows_(rows), columns_(columns) {}

    // What is written from now on has this one.
    void set(const CellMark& mark);
    // Nothing is marked any more, and nothing is from now on.
    void clear();

    // The callbacks of the screen.
    void damaged(const VTermRect& where, const VTermScreen* screen);
    void moved(const VTermRect& to, const VTermRect& from);
    void show(bool alternate);
    void resized(int rows, int columns);

    // Of a row of the screen that is shown: one for each cell, none where that has none. nullptr: no cell has one.
    const CellMark* const* row(int number) const;
    // Of the rows that scroll off the top, one after the other.
    const CellMark* const* next_row_off() { return row(rows_off_++); }

private:
    using Cells = std::vector<const CellMark*>;
    // No cell has one; the current one may wait for its first.
    bool nothing_marked() const { return marks_.size() == (current_ && current_->cells == 0 ? 1U : 0U); }
    void move_rows(int to, int from, int count);
    void put(const CellMark*& cell, const CellMark* mark);
    void release(const CellMark* mark);
    std::size_t place(int row, int column) const;

    int rows_;
    int columns_;
    std::set<CellMark> marks_;
    const CellMark* current_ = nullptr;
    Cells cells_[2];  // of the main and the alternate screen, row by row; empty before the first mark
    int shown_ = 0;
    int rows_off_ = 0;
};

}  // namespace isag::terminal

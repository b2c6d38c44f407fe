// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/cell_marks.hpp"
#include <algorithm>
#include <utility>

namespace isag::terminal {

void CellMarks::set(const CellMark& mark) {
    const auto* const before = std::exchange(current_, nullptr);
    const auto known = marks_.find(mark);
    if (known != marks_.end())
        current_ = &*known;
    else if (!mark.empty() && marks_.size() < most)
        current_ = &*marks_.insert(mark).first;
    release(before);
    if (!current_ || !cells_[0].empty()) return;
    for (auto& cells : cells_) cells.resize(static_cast<std::size_t>(rows_) * static_cast<std::size_t>(columns_));
}

void CellMarks::clear() {
    current_ = nullptr;
    for (auto& cells : cells_) cells = {};
    marks_.clear();
    shown_ = 0;
}

void CellMarks::put(const CellMark*& cell, const CellMark* mark) {
    const auto* const before = std::exchange(cell, mark);
    if (mark) ++mark->cells;
    if (before) --before->cells;
    release(before);
}

// Forgets one that nothing has any more.
void CellMarks::release(const CellMark* mark) {
    if (mark && mark->cells == 0 && mark != current_) marks_.erase(*mark);
}

std::size_t CellMarks::place(int row, int column) const {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_) + static_cast<std::size_t>(column);
}

// Only a character that was written is damage of one cell that holds something, or of two that hold a wide one. All
// other damage has erased its cells, or shows them in another way.
void CellMarks::damaged(const VTermRect& where, const VTermScreen* screen) {
    rows_off_ = 0;
    auto& cells = cells_[shown_];
    if (cells.empty()) return;
    const int end_row = std::min(where.end_row, rows_);
    const int end_column = std::min(where.end_col, columns_);
    VTermScreenCell cell{};
    vterm_screen_get_cell(screen, {where.start_row, where.start_col}, &cell);
    const bool is_written = where.end_row - where.start_row == 1 && cell.chars[0] != 0 &&
                            where.end_col - where.start_col == std::max<int>(cell.width, 1);
    for (int row = where.start_row; row < end_row; ++row)
        for (int column = where.start_col; column < end_column; ++column) {
            if (!is_written) vterm_screen_get_cell(screen, {row, column}, &cell);
            if (is_written || cell.chars[0] == 0) put(cells[place(row, column)], is_written ? current_ : nullptr);
        }
}

void CellMarks::moved(const VTermRect& to, const VTermRect& from) {
    rows_off_ = 0;
    auto& cells = cells_[shown_];
    if (cells.empty()) return;
    const int height = from.end_row - from.start_row;
    const auto width = static_cast<std::size_t>(from.end_col - from.start_col);
    Cells line(width);  // has them too, or one might be forgotten where they lie over each other
    for (int i = 0; i < height; ++i) {
        const int row = from.start_row > to.start_row ? i : height - 1 - i;
        const auto source = place(from.start_row + row, from.start_col);
        const auto target = place(to.start_row + row, to.start_col);
        for (std::size_t column = 0; column < width; ++column) put(line[column], cells[source + column]);
        for (std::size_t column = 0; column < width; ++column) put(cells[target + column], line[column]);
    }
    for (auto& cell : line) put(cell, nullptr);
}

// The cells keep their places, counted from the top left.
void CellMarks::resized(int rows, int columns) {
    const int kept_rows = std::min(rows, rows_);
    const int kept_columns = std::min(columns, columns_);
    for (auto& cells : cells_) {
        if (cells.empty()) continue;
        Cells next(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns));
        for (int row = 0; row < kept_rows; ++row)
            for (int column = 0; column < kept_columns; ++column)
                put(next[static_cast<std::size_t>(row) * static_cast<std::size_t>(columns) +
                         static_cast<std::size_t>(column)],
                    cells[place(row, column)]);
        for (auto& cell : cells) put(cell, nullptr);
        cells = std::move(next);
    }
    rows_ = rows;
    columns_ = columns;
    rows_off_ = 0;
}

const CellMark* const* CellMarks::row(int number) const {
    const auto& cells = cells_[shown_];
    return cells.empty() || number >= rows_ ? nullptr : &cells[place(number, 0)];
}

}  // namespace isag::terminal

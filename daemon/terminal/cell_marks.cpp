// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/cell_marks.hpp"
#include <algorithm>
#include <utility>

namespace isag::terminal {

void CellMarks::set(const CellMark& mark) {
    release(std::exchange(current_, nullptr));
    const auto known = marks_.find(mark);
    if (known != marks_.end())
        current_ = &*known;
    else if (!mark.empty() && marks_.size() < most)
        current_ = &*marks_.insert(mark).first;
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

// What is written is damage of one cell that holds something, or of two that hold a wide character; other damage has
// erased its cells, or shows them in another way.
void CellMarks::damaged(const VTermRect& where, const VTermScreen* screen) {
    rows_off_ = 0;
    auto& cells = cells_[shown_];
    if (cells.empty() || (!current_ && nothing_marked())) return;
    const int end_row = std::min(where.end_row, rows_);
    const int end_column = std::min(where.end_col, columns_);
    VTermScreenCell cell{};
    vterm_screen_get_cell(screen, {where.start_row, where.start_col}, &cell);
    const int width = where.end_col - where.start_col;
    const bool is_written =
        where.end_row - where.start_row == 1 && cell.chars[0] != 0 && (width == 1 || (width == 2 && cell.width == 2));
    for (int row = where.start_row; row < end_row; ++row)
        for (int column = where.start_col; column < end_column; ++column) {
            if (!is_written) vterm_screen_get_cell(screen, {row, column}, &cell);
            if (is_written || cell.chars[0] == 0) put(cells[place(row, column)], is_written ? current_ : nullptr);
        }
}

void CellMarks::moved(const VTermRect& to, const VTermRect& from) {
    rows_off_ = 0;
    auto& cells = cells_[shown_];
    if (cells.empty() || nothing_marked()) return;
    const int height = from.end_row - from.start_row;
    const auto width = static_cast<std::size_t>(from.end_col - from.start_col);
    if (width == static_cast<std::size_t>(columns_)) return move_rows(to.start_row, from.start_row, height);
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

// What is left where they were is erased next, of which we are told: it has no marks until then.
void CellMarks::move_rows(int to, int from, int count) {
    auto& cells = cells_[shown_];
    const auto at = [&](int row) { return cells.begin() + static_cast<std::ptrdiff_t>(place(row, 0)); };
    const bool is_up = to < from;
    const int overwritten = is_up ? to : std::max(to, from + count);
    const int overwritten_end = is_up ? std::min(from, to + count) : to + count;
    const int left = is_up ? std::max(from, to + count) : from;
    const int left_end = is_up ? from + count : std::min(to, from + count);
    for (auto cell = at(overwritten); cell != at(overwritten_end); ++cell) put(*cell, nullptr);
    if (is_up)
        std::copy(at(from), at(from + count), at(to));
    else
        std::copy_backward(at(from), at(from + count), at(to + count));
    std::fill(at(left), at(left_end), nullptr);
}

void CellMarks::show(bool alternate) {
    shown_ = alternate ? 1 : 0;
    if (!alternate)  // it is erased before it is shown again
        for (auto& cell : cells_[1]) put(cell, nullptr);
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

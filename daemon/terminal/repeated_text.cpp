// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/repeated_text.hpp"
#include "daemon/terminal/paint.hpp"
#include <algorithm>
#include <charconv>
#include <string_view>
#include <system_error>

namespace isag::terminal {

std::string repeated_text(VTerm* terminal, const ControlSequence& sequence) {
    if (sequence.kind != ControlSequence::Kind::control || sequence.final != 'b') return {};
    if (sequence.text.find_first_not_of("0123456789;:") != std::string_view::npos) return {};
    VTermPos at{};
    vterm_state_get_cursorpos(vterm_obtain_state(terminal), &at);
    const auto cell = character_before(vterm_obtain_screen(terminal), at);
    if (cell.chars[0] == 0) return {};
    int rows = 0, columns = 0;
    vterm_get_size(terminal, &rows, &columns);
    int count = 0;
    const auto read = std::from_chars(sequence.text.data(), sequence.text.data() + sequence.text.size(), count);
    if (read.ec == std::errc::result_out_of_range) count = columns;
    count = std::min(std::max(count, 1), (columns - at.col) / std::max<int>(cell.width, 1));
    std::string out;
    for (; count > 0; --count) out += "\x1bN" + characters_of(cell);  // SS2: whatever the character set is
    return out;
}

}  // namespace isag::terminal

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string_view>

namespace isag {

// How many bytes a UTF-8 sequence with this first one has, 0 where none begins so.
std::size_t utf8_length_by(char lead);

// Length of the valid UTF-8 sequence at the start of a text that is not empty, 0 where there is none (RFC 3629, table
// 3-7 of Unicode).
std::size_t utf8_length(std::string_view text);

// True for U+0080 to U+009F, given as its sequence: controls that some terminals act on like on their ESC forms.
bool is_c1_control(std::string_view sequence);

}  // namespace isag

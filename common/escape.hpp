// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace isag {

// Text that may come from a sandbox, made safe for a terminal or a log line: control characters, C1 codes,
// what reorders text (bidirectional controls) or is not seen, and invalid UTF-8 become \xNN; newline becomes \n in its
// escaped form too.
std::string escape_controls(std::string_view text);

// Where the first control character, C1 code or byte that is no UTF-8 is; npos where there is none. What merely
// reorders text, or is not seen, is text.
std::size_t find_control(std::string_view text);

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace isag {

// Text that may come from a sandbox, made safe for a terminal or a log line: control characters, C1 codes,
// what reorders text (bidirectional controls) or is not seen, and invalid UTF-8 become \xNN; newline becomes \n in its
// escaped form too.
std::string escape_controls(std::string_view text);

}  // namespace isag

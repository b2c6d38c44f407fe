// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace isag {

// Results, to stdout. Throws Error where they can't be written.
void print(std::string_view text);

// Notices and errors, to stderr, as they are; what can't be written is lost.
void print_error(std::string_view text);

// Like escape_controls(), but lines stay lines.
std::string escape_lines(std::string_view text);

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/environment.hpp"
#include "common/error.hpp"
#include <string>
#include <string_view>

namespace isag {

// Results, to stdout. Throws Error where they can't be written.
void print(std::string_view text);

// Notices and errors, to stderr, as they are; what can't be written is lost.
void print_error(std::string_view text);

// An error as every command prints it, its hint below it; kind is put before it ("warning: ").
void print_failure(const Error& error, const std::string& kind = {});

// True for a terminal on which what was drawn can be drawn over: not one whose TERM is dumb, or not known.
bool can_draw_on(int descriptor, const Environment& environment);

// Like escape_controls(), but lines stay lines.
std::string escape_lines(std::string_view text);

}  // namespace isag

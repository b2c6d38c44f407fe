// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/cli.hpp"
#include "client/context.hpp"
#include "proto/net.hpp"

namespace isag {

// Which sandbox a command is about: its operand at that place, else the one of -c FILE. Throws Error of kind usage
// where there are more operands than that.
proto::Target target_argument(const Context& context, const Arguments& arguments, std::size_t place);

// The operand at place 0. Throws Error of kind usage that says what is missing and how it looks.
std::string first_operand(const Arguments& arguments, const std::string& what, const std::string& example);

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/cli.hpp"
#include "client/context.hpp"
#include <vector>

// What `isag net allow` and `isag net deny` share.
namespace isag {

std::vector<Option> net_change_options();
int net_change(const Context& context, const Arguments& arguments, bool allow);

}  // namespace isag

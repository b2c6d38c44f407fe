// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace isag {

// The nameservers of a resolv.conf(5) text, in their order. Pure.
std::vector<std::string> nameservers(std::string_view text);

}  // namespace isag

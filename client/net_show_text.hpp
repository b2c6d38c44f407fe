// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "proto/net.hpp"
#include <string>

namespace isag {

// What `isag net show` prints.
std::string net_show_text(const proto::net::Shown& shown);

}  // namespace isag

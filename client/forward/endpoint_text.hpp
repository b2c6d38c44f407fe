// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "proto/forward.hpp"
#include <string>

namespace isag::forward {

// As a person writes it: "localhost:3000" (also where the host is empty), "[::1]:80", "*:80", "/run/x.sock". Safe for a
// terminal.
std::string endpoint_text(const proto::Endpoint& endpoint);

// "localhost:8080 to localhost:3000 in web": what a forward does.
std::string forward_text(const proto::Forward& forward, const std::string& sandbox);

}  // namespace isag::forward

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "proto/forward.hpp"
#include <string>
#include <vector>

namespace isag {

// As isag ports prints it: a line for each socket that listens in a sandbox, with what leads to it, and one for each
// forward that leads elsewhere.
std::string ports_table(const std::vector<proto::Ports>& sandboxes);

// "127.0.0.1:80", "[::1]:80", "localhost:80", "/run/x.sock"
std::string endpoint_text(const proto::Endpoint& end);

}  // namespace isag

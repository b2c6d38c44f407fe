// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include "proto/endpoint.hpp"
#include <string>

namespace isag {

// What -p says: "8888" (the same port on both sides), "8080:80", "127.0.0.1:8080:80", "[::1]:8080:80"; HOSTPORT 0 is
// any. As in docker, the host's side stands first; without an address it is loopback.
Result<proto::Forward> parse_publish(const std::string& text);

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include "proto/forward.hpp"
#include <string_view>

// -L, -R and -D as ssh(1) has them: fields separated by ":", an IPv6 address in brackets, a field that begins with "/"
// a unix socket (a backslash takes the next character as it is). No bind address, or "localhost": loopback, and an
// empty `host`; an empty one before the ":", or "*": every address, and "*". Port 0 of what listens: any that is free.
// A Failure names the option and says what it takes.
namespace isag::forward {

Result<proto::Forward> parse_local(std::string_view text);
// A port alone, ssh's SOCKS server on the host's side, is refused.
Result<proto::Forward> parse_remote(std::string_view text);
Result<proto::Forward> parse_dynamic(std::string_view text);

}  // namespace isag::forward

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

namespace isag::proto {

// What isag and isagd speak; each says its own in "hello". Raised by whoever changes a message of api.hpp, forward.hpp,
// net.hpp or session.hpp. (What init and gate speak is older than the daemon that takes them over, and counts apart:
// message.hpp.)
inline constexpr std::int64_t client_protocol = 4;

}  // namespace isag::proto

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include <cstdint>

namespace isag::gate {

// What the gate listens on, at random ports of the loopback addresses. The supervisor keeps them open: the namespace is
// shared, and an agent would take the port of a dead worker (security.md N6). So no address may be shared either: no
// SO_REUSEPORT, no SO_REUSEADDR.
struct Sockets {
    UniqueFd dns_udp, dns_tcp;    // 127.0.0.1
    UniqueFd dns_udp6, dns_tcp6;  // ::1; none where the namespace has no IPv6
    UniqueFd relay;               // 127.0.0.1
    std::uint16_t dns_port = 0;   // of all four
    std::uint16_t relay_port = 0;
};

// Throws Error.
Sockets open_sockets();

}  // namespace isag::gate

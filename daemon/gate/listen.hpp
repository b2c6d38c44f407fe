// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include "proto/gate.hpp"
#include <cstdint>
#include <vector>

namespace isag::gate {

struct Listeners {
    std::uint16_t port = 0;  // of all of them
    std::vector<UniqueFd> sockets;
};

// Listens for isagd inside the namespace ("listen" of proto/gate.hpp). The sockets are non-blocking. Throws Error,
// which names the port where that is taken.
Listeners listen(const proto::gate::Listen& at);

// As many sockets to connect as "sockets" of proto/gate.hpp asks for. Throws Error.
std::vector<UniqueFd> sockets_to_connect(const proto::gate::Sockets& request);

}  // namespace isag::gate

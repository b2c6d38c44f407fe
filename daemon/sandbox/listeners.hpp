// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/tcp_listeners.hpp"
#include <optional>
#include <sys/types.h>
#include <vector>

namespace isag::sandbox {

// A listening socket and what holds it.
struct HeldListener {
    TcpListener socket;
    std::optional<Holder> holder;
};
// What listens in the sandbox whose init that is, without what its gate (whose user that is) listens on for itself or
// made for a client.
std::vector<HeldListener> sandbox_listeners(pid_t init, std::optional<uid_t> gate_user);

}  // namespace isag::sandbox

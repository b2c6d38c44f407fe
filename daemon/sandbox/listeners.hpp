// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/tcp_listeners.hpp"
#include <cstdint>
#include <optional>
#include <sys/types.h>
#include <vector>

namespace isag::sandbox {

// A listening socket and what holds it.
struct HeldListener {
    TcpListener socket;
    std::optional<Holder> holder;
};
// What listens in the sandbox whose init that is, and whose processes are in that namespace, without what its gate
// (whose user that is) listens on for itself or made for a client.
std::vector<HeldListener> sandbox_listeners(pid_t init, std::optional<std::int64_t> pid_namespace,
                                            std::optional<uid_t> gate_user);

// The inode of the namespace that the process is in; none where we may not look (ptrace(2), PTRACE_MODE_READ).
std::optional<std::int64_t> pid_namespace_of(pid_t pid);

}  // namespace isag::sandbox

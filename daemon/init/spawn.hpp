// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/environment.hpp"
#include "common/error.hpp"
#include "common/unique_fd.hpp"
#include "proto/init.hpp"
#include <optional>
#include <sys/types.h>
#include <vector>

namespace isag::init {

// A process that was started, in a session and process group of its own.
struct Spawned {
    pid_t pid = -1;
    std::vector<UniqueFd> streams;  // to hand over: the terminal's master, or ends of stdin, stdout, stderr
    UniqueFd terminal;              // a copy of the master, where there is one
};

// What makes the request impossible before anything is tried: no command, a zero byte, a name with '='.
std::optional<Failure> check(const proto::init::Spawn& request);

// Returns once the command runs. Throws Error of kind usage, not_found, not_executable or failed; nothing of the child
// is left then. Descriptors 0 to 2 have to be open in this process.
Spawned spawn(const proto::init::Spawn& request);

// The same for a process that serves one connection: the one stream is the other end of its stdin and stdout, a unix(7)
// stream socket; its stderr is /dev/null.
Spawned spawn_on_socket(const proto::init::Spawn& request);

// What a process of this request has in its environment: the request's variables over this process's own.
Environment merged_environment(const proto::init::Spawn& request);

}  // namespace isag::init

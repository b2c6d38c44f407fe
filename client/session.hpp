// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/connection.hpp"
#include "client/signals.hpp"
#include "common/unique_fd.hpp"
#include "proto/api.hpp"
#include <vector>

// A session lasts from the reply that brought the descriptors until the daemon says how the program ended. Both throw
// Error where the daemon goes away, and leave the person's terminal as they found it whatever happens.
namespace isag {

// Connects this process's terminal to that one. One of `ending` throws Interrupted.
proto::Exited run_terminal_session(Connection& connection, Signals& ending, UniqueFd terminal);

// Connects stdin, stdout and stderr to three pipes. One of `forwarded` goes to the program inside; where the daemon
// does not answer a SIGTERM in 10 s, Interrupted is thrown.
proto::Exited run_pipe_session(Connection& connection, Signals& forwarded, std::vector<UniqueFd> pipes);

// The size of the terminal on stdout.
proto::TerminalSize terminal_size();

}  // namespace isag

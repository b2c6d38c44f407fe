// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include "proto/api.hpp"

namespace isag {

// isag, the daemon or the engine failed, for commands that exit with a program's own status.
inline constexpr int exit_isag_failed = 125;

// The program's own status, or 128 + the signal that ended it.
int exit_status(const proto::Exited& exited);

// runs_program: the command is one of those that exit with a program's status (run).
int exit_status(ErrorKind kind, bool runs_program);

}  // namespace isag

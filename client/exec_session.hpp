// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/context.hpp"
#include "proto/session.hpp"

namespace isag {

// Gives the command a terminal like this one.
void ask_for_terminal(const Context& context, proto::ExecRequest& request);

// Runs it, connected to this process's terminal or streams, and returns its exit status. SIGHUP, SIGINT, SIGQUIT and
// SIGTERM act as in session.hpp. Throws Error.
int run_exec(const Context& context, const proto::ExecRequest& request);

}  // namespace isag

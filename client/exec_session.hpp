// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/context.hpp"
#include "proto/session.hpp"

namespace isag {

// Gives the command a terminal like this one; of 80x24 where there is none here.
void ask_for_terminal(const Context& context, proto::ExecRequest& request);

// Runs it, connected to this process's terminal or streams, whether it has a terminal inside or not, and returns its
// exit status. SIGHUP, SIGINT, SIGQUIT and SIGTERM act as in session.hpp. Throws Error.
int run_exec(const Context& context, const proto::ExecRequest& request);

}  // namespace isag

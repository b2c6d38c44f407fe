// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/ssh_channel.hpp"

namespace isag {

// Connects this process's stdin, stdout and stderr to the program until it has ended, and returns its exit status.
// With `terminal` stdin is raw, ssh's escapes (~.) are understood, and what the program prints passes a TerminalFilter
// (security.md D5). SIGHUP, SIGINT, SIGQUIT and SIGTERM throw Interrupted. Throws Error where the connection breaks.
int run_ssh_session(SshChannel& channel, bool terminal);

}  // namespace isag

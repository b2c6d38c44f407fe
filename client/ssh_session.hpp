// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/ssh_channel.hpp"
#include "client/terminal_filter.hpp"
#include "common/error.hpp"

namespace isag {

// The connection ended without a word of how the program did.
struct HungUp : Error {
    HungUp() : Error("the sandbox's sshd hung up", "has the sandbox ended? 'isag ps -a' tells") {}
};

// Connects this process's stdin, stdout and stderr to the program until it has ended, and returns its exit status.
// With `terminal` stdin is raw, and ssh's escapes (~.) are understood. What the program prints on a terminal passes a
// TerminalFilter (security.md D5), which `clipboard` is for. SIGHUP, SIGINT, SIGQUIT and SIGTERM throw Interrupted.
// Throws HungUp, and Error where the server sends what it may not.
int run_ssh_session(SshChannel& channel, bool terminal, Clipboard clipboard);

}  // namespace isag

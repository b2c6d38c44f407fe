// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/ssh_shell.hpp"
#include <string>
#include <vector>

namespace isag {

// The same shell without SSH, by the request of `isag exec`: for an image without sshd, which a line on stderr says.
// Returns the exit status.
int exec_shell(const Context& context, const SshShell& shell);

// What it runs: a login shell of the container user, or the words as ssh(1) gives them to one, as one command line.
std::vector<std::string> login_words(const std::vector<std::string>& command);

// As ssh(1): a shell gets a terminal where there is one here, a command only where it is asked for. Says on stderr why
// there is none where one was asked for.
bool wants_terminal_for(const SshShell& shell);

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/ssh_shell.hpp"
#include <string>
#include <vector>

namespace isag {

// The same shell without SSH, by the request of `isag exec`: for a sandbox without sshd. A line on stderr says `why`,
// unless quiet. Returns the exit status.
int exec_shell(const Context& context, const SshShell& shell, const std::string& why);

// The words as ssh(1) joins them: the shell there reads them anew.
std::string command_line(const std::vector<std::string>& words);

// What it runs: a login shell of the container user, or the words as ssh(1) gives them to one, as one command line.
std::vector<std::string> login_words(const std::vector<std::string>& command);

// As ssh(1): a shell gets a terminal where stdin is one, a command only where it is asked for. Says on stderr why there
// is none where one was asked for, unless quiet.
bool wants_terminal_for(const Context& context, const SshShell& shell);

}  // namespace isag

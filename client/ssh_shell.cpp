// SPDX-License-Identifier: Apache-2.0
#include "client/ssh_shell.hpp"
#include "client/exec_shell.hpp"

namespace isag {

int ssh_shell(const Context& context, const SshShell& shell) { return exec_shell(context, shell); }

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/context.hpp"
#include "proto/net.hpp"
#include <functional>
#include <string>
#include <vector>

namespace isag {

// What `isag ssh` is to open.
struct SshShell {
    proto::Target target;
    std::vector<std::string> command;  // none: a login shell
    // As ssh(1) without either, with -t, -tt and -T.
    enum class Terminal { automatic, wanted, forced, never } terminal = Terminal::automatic;
    bool verbose = false;
    std::function<void()> when_open = [] {};  // as soon as it is
};

// A shell in the sandbox, or that command, by SSH; by exec_shell() where the image has no sshd. Returns its exit
// status.
int ssh_shell(const Context& context, const SshShell& shell);

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/session_link.hpp"
#include "client/signals.hpp"
#include "common/unique_fd.hpp"
#include "proto/api.hpp"
#include "proto/net.hpp"
#include <optional>
#include <vector>

// A session lasts from the reply that brought the descriptors until the daemon says how the program ended, or the
// person leaves. Both throw Error where the daemon goes away and none comes back, and leave the person's terminal as
// they found it whatever happens.
namespace isag {

struct SessionEnd {
    std::optional<proto::Exited> exited;         // none: the person left, the program runs on
    std::optional<proto::net::Summary> network;  // where there is something to tell
};

// Connects this process's terminal to that one: a stream to read and a pipe that takes what is typed (proto/api.hpp,
// RunReply), or a terminal's master, which is both. One of `ending` throws Interrupted.
// What comes from there passes a TerminalFilter (security.md D5). `name` is what the person knows the other end by.
SessionEnd run_terminal_session(SessionLink& link, Signals& ending, std::vector<UniqueFd> streams,
                                const proto::Session& session, const std::string& name);

// Connects stdin, stdout and stderr to three pipes. One of `forwarded` goes to the program inside; where the daemon
// does not answer a SIGTERM in 10 s, Interrupted is thrown.
SessionEnd run_pipe_session(SessionLink& link, Signals& forwarded, std::vector<UniqueFd> pipes);

// The size of the terminal on stdout, else of that on stdin.
proto::TerminalSize terminal_size();

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include "common/unique_fd.hpp"
#include <cerrno>
#include <sys/socket.h>

namespace isag::test {

// Two unix stream sockets, connected to each other.
struct SocketPair {
    SocketPair() {
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) throw errno_error("socketpair", errno);
        ours.reset(ends[0]);
        theirs.reset(ends[1]);
    }
    UniqueFd ours, theirs;
};

}  // namespace isag::test

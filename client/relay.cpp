// SPDX-License-Identifier: Apache-2.0
#include "client/relay.hpp"
#include "client/pump.hpp"
#include "common/error.hpp"
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace isag {
namespace {

// Whoever reads there sees the end, and the number stays taken.
void end_stdout() {
    Pipe nobody = make_pipe();
    ::dup2(nobody.write.get(), STDOUT_FILENO);
}

}  // namespace

void relay(UniqueFd socket) {
    ::signal(SIGPIPE, SIG_IGN);
    Pump out(borrowed(STDIN_FILENO), borrowed(socket.get()));
    Pump in(borrowed(socket.get()), borrowed(STDOUT_FILENO));
    bool is_end_passed_on = false;
    while (!in.done() || !out.done()) {
        // The socket for itself: that it is gone altogether is seen while nothing else is wanted of it.
        pollfd fds[3] = {out.wanted(), in.wanted(), {in.done() ? socket.get() : -1, 0, 0}};
        if (::poll(fds, 3, -1) < 0) {
            if (errno == EINTR) continue;
            throw errno_error("cannot wait for the connection", errno);
        }
        out.advance(fds[0].revents);
        const bool was_open = !in.done();
        in.advance(fds[1].revents);
        if (was_open && in.done()) end_stdout();
        if (out.done() && !std::exchange(is_end_passed_on, true)) ::shutdown(socket.get(), SHUT_WR);
        if (fds[2].revents != 0) return;
    }
}

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#include "client/background.hpp"
#include "client/signals.hpp"
#include "common/error.hpp"
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace isag {
namespace {

[[noreturn]] void end_as(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) throw Interrupted{WTERMSIG(status)};
    ::_exit(WEXITSTATUS(status));
}

// No signal interrupts these waits: none is handled yet.
[[noreturn]] void wait_for(pid_t child, const UniqueFd& ready) {
    char byte = 0;
    if (::read(ready.get(), &byte, 1) == 1) ::_exit(0);
    end_as(child);
}

}  // namespace

Background::Background() : told_(make_pipe()) {
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child < 0) throw errno_error("cannot go into the background", errno);
    if (child > 0) {
        told_.write.reset();
        wait_for(child, told_.read);
    }
    told_.read.reset();
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::raise(SIGTERM);
}

void Background::ready() {
    ::prctl(PR_SET_PDEATHSIG, 0);
    ::setsid();
    const char byte = 0;
    [[maybe_unused]] const ssize_t n = ::write(told_.write.get(), &byte, 1);  // where it was killed: nobody waits
    told_.write.reset();
}

void close_input() {
    const UniqueFd nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!nothing || ::dup2(nothing.get(), STDIN_FILENO) < 0) throw errno_error("cannot close stdin", errno);
}

}  // namespace isag

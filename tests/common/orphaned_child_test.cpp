// SPDX-License-Identifier: Apache-2.0
#include "common/child_process.hpp"
#include "common/error.hpp"
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <doctest/doctest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <string>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Orphaned children (double fork) where something gets in the way. Each starter is a process of its own, since what it
// does to itself can't be undone.
using namespace isag;

namespace {

constexpr unsigned starter_limit = 20;  // seconds

// What it returns; -1 where it was killed, or took too long.
template <class Work>
int in_process(const Work& work) {
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::alarm(starter_limit);
        ::_exit(work());
    }
    int status = 0;
    ::waitpid(pid, &status, 0);
    return exit_status_of(status).code.value_or(-1);
}

ChildOptions orphan(const std::string& script) {
    ChildOptions options;
    options.argv = {"sh", "-c", script};
    options.env = current_environment();
    options.orphaned = true;
    return options;
}

void forbid_pidfds() {
    sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog program{std::size(rules), rules};
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) ::_exit(77);
}

// Raised by the process that many forks away from the starter: once it has forked, and as it is forked.
int generation = 0, raiser = 0, forker = 0, raised = 0;
void raise_as_forker() {
    if (generation == forker) ::raise(raised);
}
void raise_as_child() {
    if (++generation == raiser) ::raise(raised);
}

bool is_whole(Pipe& pipe) {
    pipe.write.reset();
    char bytes[8];
    return ::read(pipe.read.get(), bytes, sizeof bytes) == 6;  // "alive\n"
}

}  // namespace

TEST_CASE("child: where an orphaned one can't be had a pidfd of, nobody waits for it") {
    const int result = in_process([] {
        forbid_pidfds();
        auto child = ChildProcess::start(orphan("exit 0"));
        if (child.pidfd() || !child.has_ended()) return 1;
        return child.wait().as_shell();
    });
    if (result == 77) MESSAGE("skipped: there is no seccomp here");
    CHECK((result == 0 || result == 77));
}

TEST_CASE("child: a signal to all of our group, as an orphaned one is started, spoils nothing") {
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        CAPTURE(number);
        const int result = in_process([number] {
            forker = 1;
            raised = number;
            ::signal(number, SIG_DFL);  // doctest has handlers
            ::pthread_atfork(nullptr, raise_as_forker, raise_as_child);
            sigset_t blocked, after;
            ::sigemptyset(&blocked);
            ::sigaddset(&blocked, SIGUSR2);
            ::sigprocmask(SIG_SETMASK, &blocked, nullptr);
            Pipe pipe = make_pipe();
            auto options = orphan("grep -qx 'SigBlk:.0*' /proc/self/status && echo alive");
            options.fds = {{pipe.write.get(), 1}};
            try {
                auto child = ChildProcess::start(options);
                if (!is_whole(pipe)) return 1;
                child.wait();
            } catch (const Error&) {
                return 2;
            }
            ::sigprocmask(SIG_SETMASK, nullptr, &after);
            return ::sigismember(&after, SIGUSR2) == 1 && ::sigismember(&after, number) == 0 ? 0 : 3;
        });
        CHECK(result == 0);
    }
}

TEST_CASE("child: a signal that comes before an orphaned one is another program meets no handler of ours") {
    const int result = in_process([] {
        raiser = 2;
        raised = SIGINT;
        ::pthread_atfork(nullptr, nullptr, raise_as_child);
        ::signal(SIGINT, [](int) {});
        Pipe pipe = make_pipe();
        auto options = orphan("echo alive");
        options.fds = {{pipe.write.get(), 1}};
        auto child = ChildProcess::start(options);
        return is_whole(pipe) ? 1 : 0;
    });
    CHECK(result == 0);
}

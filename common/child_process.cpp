// SPDX-License-Identifier: Apache-2.0
#include "common/child_process.hpp"
#include "common/error.hpp"
#include "common/exec_error.hpp"
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace isag {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& strings) {
    std::vector<char*> out;
    for (const auto& s : strings) out.push_back(const_cast<char*>(s.c_str()));
    out.push_back(nullptr);
    return out;
}

// Between fork and exec: only async-signal-safe calls. Descriptors first move out of the way of the numbers that
// they are wanted at.
void place_fds(std::vector<ChildFd>& fds) {
    int low = 10;
    for (const auto& fd : fds) low = std::max(low, fd.to + 1);
    for (auto& fd : fds) fd.from = ::fcntl(fd.from, F_DUPFD_CLOEXEC, low);
    for (const auto& fd : fds) ::dup2(fd.from, fd.to);
}

void end_with_parent(pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(127);  // it ended before we asked
}

[[noreturn]] void run_child(char** argv, char** env, std::vector<ChildFd>& fds, const ChildOptions& options,
                            pid_t parent, int report) {
    // Ours are close-on-exec already; this is for what our starter may have left open. Missing before Linux 5.11.
    ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    place_fds(fds);
    if (options.new_session) ::setsid();
    if (options.ends_with_us) end_with_parent(parent);
    ::umask(022);  // ours may be stricter than what a program expects
    for (int number = 1; number < 32; ++number) ::signal(number, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    // Only now, so that what waits meets no handler of ours.
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    environ = env;  // execvpe(3) would search this process's own PATH
    ::execvp(argv[0], argv);
    const int error = errno;
    [[maybe_unused]] const ssize_t n = ::write(report, &error, sizeof error);
    ::_exit(127);
}

struct Forked {
    pid_t pid = 0;  // or why there is none: errno, negative
    UniqueFd pidfd;
};

UniqueFd open_pidfd(pid_t pid) { return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))); }

template <class Run>
Forked fork_child(const Run& run) {
    const pid_t pid = ::fork();
    if (pid < 0) return {-errno, {}};
    if (pid == 0) run();
    return {pid, open_pidfd(pid)};
}

// No signal reaches the child until it lets them.
pid_t fork_with_signals_blocked() {
    sigset_t all, before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    const pid_t pid = ::fork();
    if (pid != 0) ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return pid;
}

// A process between us and it tells us its number, and ends, which orphans it, once we hold the pidfd: until then the
// number can't become another's. A Ctrl-C, which is for all of our process group, is not to end it before.
template <class Run>
Forked fork_orphan(const Run& run) {
    Pipe told = make_pipe(), held = make_pipe();
    const pid_t between = fork_with_signals_blocked();
    if (between < 0) return {-errno, {}};
    if (between == 0) {
        held.write.reset();
        pid_t pid = ::fork();
        if (pid == 0) run();
        if (pid < 0) pid = -errno;
        char byte = 0;
        ssize_t n = ::write(told.write.get(), &pid, sizeof pid);
        if (n == sizeof pid) n = ::read(held.read.get(), &byte, 1);  // which no signal interrupts
        ::_exit(n == 0 ? 0 : 1);
    }
    told.write.reset();
    pid_t pid = -ECHILD;
    while (::read(told.read.get(), &pid, sizeof pid) < 0 && errno == EINTR) {
    }
    Forked forked{pid, pid < 0 ? UniqueFd() : open_pidfd(pid)};
    held.write.reset();
    while (::waitpid(between, nullptr, 0) < 0 && errno == EINTR) {
    }
    return forked;
}

void fill_standard_fds(std::vector<ChildFd>& fds, const UniqueFd& null) {
    for (int number = 0; number < 3; ++number)
        if (std::none_of(fds.begin(), fds.end(), [&](const ChildFd& fd) { return fd.to == number; }))
            fds.push_back({null.get(), number});
}

}  // namespace

ExitStatus ExitStatus::said(const std::optional<std::int64_t>& code, const std::optional<std::int64_t>& signal) {
    if (signal) return {.code = {}, .signal = static_cast<int>(*signal)};
    return {.code = static_cast<int>(code.value_or(0)), .signal = {}};
}

ExitStatus exit_status_of(int wait_status) {
    if (WIFSIGNALED(wait_status)) return {.code = {}, .signal = WTERMSIG(wait_status)};
    return {.code = WEXITSTATUS(wait_status), .signal = {}};
}

ChildProcess ChildProcess::start(const ChildOptions& options) {
    std::vector<std::string> env;
    for (const auto& [name, value] : options.env) env.push_back(name + "=" + value);
    const auto argv_pointers = pointers(options.argv);
    const auto env_pointers = pointers(env);
    const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    auto fds = options.fds;
    fill_standard_fds(fds, null);
    Pipe report = make_pipe();
    const int report_copy = ::fcntl(report.write.get(), F_DUPFD_CLOEXEC, 100);  // out of the way of the child's numbers
    report.write.reset(report_copy);

    const pid_t parent = ::getpid();
    const auto run = [&] {
        run_child(const_cast<char**>(argv_pointers.data()), const_cast<char**>(env_pointers.data()), fds, options,
                  parent, report.write.get());
    };
    auto [pid, pidfd] = options.orphaned ? fork_orphan(run) : fork_child(run);
    if (pid < 0) throw errno_error("cannot start " + options.argv[0], -pid);
    report.write.reset();
    int error = 0;
    const ssize_t n = ::read(report.read.get(), &error, sizeof error);
    if (n == static_cast<ssize_t>(sizeof error)) {
        if (!options.orphaned) ::waitpid(pid, nullptr, 0);
        throw exec_error("cannot start " + options.argv[0], options.argv[0], options.env, error);
    }
    return ChildProcess(pid, std::move(pidfd), options.orphaned);
}

ChildProcess::~ChildProcess() {
    if (!pidfd_) return;
    signal(SIGKILL);
    wait();
}

void ChildProcess::signal(int number) const {
    if (pidfd_) ::syscall(SYS_pidfd_send_signal, pidfd_.get(), number, nullptr, 0);
}

bool ChildProcess::has_ended() const {
    pollfd ended{pidfd_.get(), POLLIN, 0};
    return !pidfd_ || ::poll(&ended, 1, 0) == 1;
}

ExitStatus ChildProcess::wait() {
    int status = 0;
    if (is_orphaned_ && !pidfd_) return exit_status_of(status);
    pollfd ended{pidfd_.get(), POLLIN, 0};
    const auto end = [&] { return is_orphaned_ ? ::poll(&ended, 1, -1) : ::waitpid(pid_, &status, 0); };
    while (end() < 0 && errno == EINTR) {
    }
    pidfd_.reset();
    return exit_status_of(status);
}

void ChildProcess::detach() { pidfd_.reset(); }

}  // namespace isag

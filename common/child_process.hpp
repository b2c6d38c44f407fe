// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/environment.hpp"
#include "common/unique_fd.hpp"
#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace isag {

// How a process ended.
struct ExitStatus {
    std::optional<int> code;     // exit status, where it exited
    std::optional<int> signal;   // signal number, where one ended it
    bool out_of_memory = false;  // it was the kernel, since a memory limit was reached
    // What a shell reports: the code, or 128 + the signal.
    int as_shell() const { return code ? *code : 128 + signal.value_or(0); }
    // From what a message or a file says, of which a signal counts before a code, and neither as 0.
    static ExitStatus said(const std::optional<std::int64_t>& code, const std::optional<std::int64_t>& signal);
};

// A descriptor of the parent's and the number that the child sees it as.
struct ChildFd {
    int from;
    int to;
};

struct ChildOptions {
    std::vector<std::string> argv;  // argv[0] is looked up in PATH of env
    Environment env;
    std::vector<ChildFd> fds;   // everything else is closed on exec; 0, 1, 2 not named here are /dev/null
    bool new_session = false;   // setsid(2)
    bool ends_with_us = false;  // gets SIGTERM when the thread that started it ends, however that happens
    bool orphaned = false;      // is no child of ours (double fork), and reaped by the system; not with ends_with_us
};

// A child held by its pidfd (pidfd_open(2)): waiting for it can't hit another process. The destructor kills it
// (SIGKILL) and reaps it, unless detach() or wait() came first.
class ChildProcess {
public:
    // Throws Error: kind not_found where argv[0] does not exist, not_executable where it can't be run.
    static ChildProcess start(const ChildOptions& options);
    ChildProcess(ChildProcess&&) = default;
    ChildProcess& operator=(ChildProcess&&) = delete;
    ~ChildProcess();

    pid_t pid() const { return pid_; }
    const UniqueFd& pidfd() const { return pidfd_; }
    void signal(int number) const;
    bool has_ended() const;
    // Blocks until it ends. How an orphaned one did is not known: as 0; nor when, where it could not be had a pidfd of.
    ExitStatus wait();
    // Lets it live on without us. It stays our child until this process ends, unless it was orphaned.
    void detach();

private:
    ChildProcess(pid_t pid, UniqueFd pidfd, bool orphaned)
        : pid_(pid), pidfd_(std::move(pidfd)), is_orphaned_(orphaned) {}
    pid_t pid_;
    UniqueFd pidfd_;
    bool is_orphaned_;
};

// From waitid(2)'s siginfo or waitpid(2)'s status.
ExitStatus exit_status_of(int wait_status);

}  // namespace isag

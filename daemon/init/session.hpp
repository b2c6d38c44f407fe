// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/child_process.hpp"
#include "common/unique_fd.hpp"
#include "proto/init.hpp"
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace isag::init {

inline constexpr std::chrono::milliseconds redial_interval{250};
// After the main process ended: how long the others may take to die, and a daemon to take note of it.
inline constexpr std::chrono::seconds reap_limit{2};
inline constexpr std::chrono::hours farewell_limit{24};
// Ends that are kept for the next daemon; beyond that the oldest is forgotten.
inline constexpr std::size_t most_ends = 256;

// What init knows and decides, without I/O: it is told what happened, and says what to do next.
class Session {
public:
    using Time = std::chrono::steady_clock::time_point;

    // The connection. After a loss the next dial is due at once, but never sooner than an interval after the last.
    void dialled(Time now, bool connected);
    void disconnected();
    bool connected() const { return connected_; }
    bool dial_due(Time now) const { return !connected_ && now >= next_dial_; }

    // A process was started; `terminal` is a copy of its master, kept until it ends.
    void spawned(pid_t pid, bool is_main, UniqueFd terminal);
    // A child ended and was reaped. One that was not spawned (an orphan) changes nothing.
    void reaped(pid_t pid, const ExitStatus& status, Time now);
    // No child is left.
    void all_reaped();
    // The daemon has noted that process's end.
    void taken(std::int64_t process);
    // SIGTERM came: who gets it. Where no main process runs, init ends instead.
    std::optional<pid_t> terminated();
    // Time passed.
    void tick(Time now);

    // There is a main process, or there was one.
    bool has_main() const { return main_.has_value(); }
    // The main process ended, and everything else has to.
    bool ending() const { return main_status_.has_value(); }
    bool is_running(std::int64_t process) const;
    // Of a process that runs, another copy of its master; none where it has no terminal. Throws Error.
    UniqueFd terminal_of(std::int64_t process) const;
    // Spawned and not ended; while ending the main process too, for what is left of its group.
    std::vector<pid_t> groups() const;

    struct Line {
        std::string text;
        std::vector<UniqueFd> fds;
    };
    // Lines to send now, in this order. They come again on the next connection: the daemon may be killed before it
    // has read them.
    std::vector<Line> take_lines(Time now);

    // The exit status of init, once it has nothing more to do.
    std::optional<int> exit_status() const { return exit_status_; }
    // Until when nothing is due by itself; nothing: for ever.
    std::optional<Time> next_due() const;

private:
    std::map<pid_t, UniqueFd>::const_iterator find(std::int64_t process) const;
    void remember(pid_t pid, const ExitStatus& status);
    void forget(std::deque<proto::init::Ended>::iterator end);
    Line line_for(proto::init::Ended ended, Time now) const;

    bool connected_ = false;
    bool said_ready_ = false;
    Time next_dial_{};
    std::map<pid_t, UniqueFd> processes_;
    std::optional<pid_t> main_;
    std::optional<ExitStatus> main_status_;
    UniqueFd main_terminal_;  // once it ended
    Time main_ended_{};
    bool main_remembered_ = false;
    std::deque<proto::init::Ended> ended_;
    std::ptrdiff_t told_ = 0;  // of ended_, from its front, on this connection
    std::optional<int> exit_status_;
};

}  // namespace isag::init

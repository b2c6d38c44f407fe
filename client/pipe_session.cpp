// SPDX-License-Identifier: Apache-2.0
#include "client/exit_watch.hpp"
#include "client/output.hpp"
#include "client/pump.hpp"
#include "client/session.hpp"
#include "common/error.hpp"
#include "common/poll_time.hpp"
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <optional>
#include <poll.h>
#include <unistd.h>

namespace isag {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds term_limit{10};

class PipeSession {
public:
    PipeSession(SessionLink& link, Signals& forwarded, std::vector<UniqueFd> pipes)
        : link_(link),
          forwarded_(forwarded),
          watch_(link.watch()),
          pumps_{Pump(borrowed(STDIN_FILENO), owned(std::move(pipes[0]))),
                 Pump(owned(std::move(pipes[1])), borrowed(STDOUT_FILENO)),
                 Pump(owned(std::move(pipes[2])), borrowed(STDERR_FILENO))} {}

    SessionEnd run() {
        link_.advance();  // may have come with the reply
        while (!finished()) step();
        return {watch_.exited(), watch_.network()};
    }

private:
    // The streams end with the program; a writer that somehow outlives it is not waited for.
    bool finished() const {
        if (!watch_.exited()) return false;
        const bool all_done = pumps_[1].done() && pumps_[2].done();
        return all_done || (watch_.time_is_over() && pumps_[1].idle() && pumps_[2].idle());
    }

    void step() {
        std::array<pollfd, 5> fds{pumps_[0].wanted(), pumps_[1].wanted(), pumps_[2].wanted(), link_.wanted(),
                                  pollfd{forwarded_.fd(), POLLIN, 0}};
        if (::poll(fds.data(), fds.size(), timeout_ms()) < 0 && errno != EINTR)
            throw errno_error("cannot wait for the sandbox", errno);
        for (std::size_t i = 0; i < pumps_.size(); ++i) {
            if (i > 0 && fds[i].revents != 0) watch_.moved();
            pumps_[i].advance(fds[i].revents);
        }
        if (fds[4].revents != 0) forward_signal();
        if (fds[3].revents != 0) link_.advance();
        print_error(watch_.take_notices());
        if (watch_.exited()) pumps_[0].finish();
        if (term_until_ && !watch_.exited() && Clock::now() >= *term_until_) throw Interrupted{SIGTERM};
    }

    // While something waits to be written there is no limit: the person's side is slow.
    int timeout_ms() const {
        if (watch_.exited()) return pumps_[1].idle() && pumps_[2].idle() ? watch_.remaining_ms() : -1;
        return milliseconds_until(term_until_);
    }

    void forward_signal() {
        const auto number = forwarded_.take();
        if (!number) return;
        const proto::Signal signal{*number};
        link_.notify("signal", signal);
        if (*number == SIGTERM && !term_until_) term_until_ = Clock::now() + term_limit;
    }

    SessionLink& link_;
    Signals& forwarded_;
    ExitWatch& watch_;
    std::array<Pump, 3> pumps_;
    std::optional<Clock::time_point> term_until_;
};

}  // namespace

SessionEnd run_pipe_session(SessionLink& link, Signals& forwarded, std::vector<UniqueFd> pipes) {
    return PipeSession(link, forwarded, std::move(pipes)).run();
}

}  // namespace isag

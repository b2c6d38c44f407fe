// SPDX-License-Identifier: Apache-2.0
#include "client/ssh_session.hpp"
#include "client/late_answers.hpp"
#include "client/output.hpp"
#include "client/raw_mode.hpp"
#include "client/session.hpp"
#include "client/signals.hpp"
#include "client/ssh_escapes.hpp"
#include "client/ssh_output.hpp"
#include "common/error.hpp"
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>
#include <poll.h>
#include <string>
#include <unistd.h>

namespace isag {
namespace {

constexpr std::size_t most_held = std::size_t{64} << 10;  // bytes, here in each direction

constexpr const char* escapes_help =
    "\r\nescapes, at the beginning of a line:\r\n"
    " ~.  end this session\r\n ~~  send one ~\r\n ~?  this help\r\n";

class SshSession {
public:
    SshSession(SshChannel& channel, bool terminal, Clipboard clipboard)
        : channel_(channel),
          outputs_{SshOutput(STDOUT_FILENO, clipboard, asking(terminal)),
                   SshOutput(STDERR_FILENO, clipboard, asking(terminal))} {
        if (terminal) raw_.emplace(STDIN_FILENO);
    }
    SshSession(const SshSession&) = delete;
    ~SshSession() { restore(); }

    int run() {
        while (!left_ && !is_over()) step();
        restore();
        if (left_) {
            print_error("isag: the session was ended by ~.\n");
            return 128 + SIGHUP;
        }
        if (!channel_.status()) {
            channel_.check_behaviour();
            throw HungUp();
        }
        return *channel_.status();
    }

private:
    // Where its terminal is not ours alone, the person's shell would take the answers as typed.
    static TerminalFilter::Asking asking(bool terminal) {
        return terminal ? TerminalFilter::Asking::passes : TerminalFilter::Asking::is_dropped;
    }
    bool is_over() const {
        const bool ended = gone_ || channel_.is_closed();
        return ended && outputs_[0].empty() && outputs_[1].empty();
    }

    void step() {
        enum { sshd, keys, out, err, end, window };
        std::array<pollfd, 6> fds{pollfd{gone_ ? -1 : channel_.socket(), channel_.wanted_events(), 0},
                                  pollfd{wants_input() ? STDIN_FILENO : -1, POLLIN, 0},
                                  outputs_[0].wanted(),
                                  outputs_[1].wanted(),
                                  pollfd{ending_.fd(), POLLIN, 0},
                                  pollfd{window_.fd(), POLLIN, 0}};
        if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR)
            throw errno_error("cannot wait for the sandbox", errno);
        if (fds[end].revents != 0) ending_.check();
        if (fds[window].revents != 0) take_window_signal();
        if (fds[keys].revents != 0) read_input();
        for (const int stream : {0, 1})
            if (fds[out + stream].revents != 0) write(stream);
        exchange();
    }

    // A piece at a time, each printed before the next: what is not read when the connection ends is lost. Not for
    // ever, so that a flood holds up neither keys nor signals.
    void exchange() {
        write_input();
        for (int pieces = 0; pieces < 64 && !gone_; ++pieces) {
            if (!channel_.advance()) gone_ = true;
            const bool first = print(0), second = print(1);
            if (!first && !second) break;
        }
        write_input();
    }

    bool wants_input() const {
        return !input_ended_ && !gone_ && !channel_.is_closed() && input_.size() < most_held &&
               (!raw_ || raw_->active());
    }
    void read_input() {
        std::array<char, 16384> bytes{};
        const ssize_t n = ::read(STDIN_FILENO, bytes.data(), bytes.size());
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (n <= 0 && raw_) throw Interrupted{SIGHUP};  // the person's terminal is gone
        if (n <= 0) {
            input_ended_ = true;
            return;
        }
        const std::string_view read(bytes.data(), static_cast<std::size_t>(n));
        if (!raw_) {
            input_ += read;
            return;
        }
        answers_.came(read);
        const auto wish = escapes_.take(read, input_);
        left_ = wish == SshEscapes::Wish::leave;
        if (wish == SshEscapes::Wish::help) outputs_[0].say(escapes_help);
    }

    void write_input() {
        if (gone_) return;
        if (!input_.empty()) input_.erase(0, channel_.write(input_));
        if (!input_ended_ || !input_.empty() || std::exchange(end_told_, true)) return;
        channel_.end_input();
    }

    // More is read only once it is written: what waits until then is bounded by the channel's window. False where
    // nothing was read.
    bool print(int stream) {
        if (!outputs_[stream].empty()) return false;
        std::string read;
        channel_.read(stream == 1, most_held, read);
        if (read.empty()) return false;
        if (stream == 1 && errors_lost_) return true;
        answers_.asked(outputs_[stream].add(std::move(read)), std::chrono::steady_clock::now());
        write(stream);
        return true;
    }

    // Where nobody reads it: as a program of one's own would end whose stdout is closed.
    void write(int stream) {
        if (outputs_[stream].write()) return;
        if (raw_) throw Interrupted{SIGHUP};
        if (stream == 0) throw Interrupted{SIGPIPE};
        errors_lost_ = true;
        outputs_[stream].drop();
    }

    void take_window_signal() {
        const auto number = window_.take();
        if (!number) return;
        if (*number == SIGTSTP) {
            if (raw_) raw_->leave();
            ::kill(::getpid(), SIGSTOP);
            return;
        }
        if (!raw_) return;
        // Back from being stopped, the terminal is ours again only in the foreground.
        if (*number == SIGCONT && ::tcgetpgrp(STDIN_FILENO) == ::getpgrp()) raw_->enter();
        if (!gone_) channel_.resize(terminal_size());
    }

    void restore() {
        for (auto& output : outputs_) output.finish();
        if (!raw_ || !raw_->active()) return;
        answers_.drop(STDIN_FILENO, outputs_[0].is_terminal() ? STDOUT_FILENO : STDERR_FILENO);
        raw_->leave();
    }

    SshChannel& channel_;
    Signals ending_{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    Signals window_{SIGWINCH, SIGTSTP, SIGCONT};
    std::array<SshOutput, 2> outputs_;
    bool errors_lost_ = false;  // nobody reads stderr
    SshEscapes escapes_;
    LateAnswers answers_;
    std::optional<RawMode> raw_;  // with a terminal
    std::string input_;           // read here, not yet sent
    bool input_ended_ = false;
    bool end_told_ = false;
    bool gone_ = false;  // the connection
    bool left_ = false;  // by the person
};

}  // namespace

int run_ssh_session(SshChannel& channel, bool terminal, Clipboard clipboard) {
    return SshSession(channel, terminal, clipboard).run();
}

}  // namespace isag

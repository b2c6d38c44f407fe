// SPDX-License-Identifier: Apache-2.0
#include "client/ssh_session.hpp"
#include "client/mode_tracker.hpp"
#include "client/output.hpp"
#include "client/raw_mode.hpp"
#include "client/session.hpp"
#include "client/signals.hpp"
#include "client/sink.hpp"
#include "client/ssh_escapes.hpp"
#include "client/terminal_filter.hpp"
#include "common/error.hpp"
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <poll.h>
#include <string>
#include <unistd.h>

namespace isag {
namespace {

constexpr std::size_t most_held = std::size_t{64} << 10;  // bytes, in each direction
constexpr int last_words_limit = 200;                     // milliseconds

constexpr const char* escapes_help =
    "\r\nescapes, at the beginning of a line:\r\n"
    " ~.  end this session\r\n ~~  send one ~\r\n ~?  this help\r\n";

class SshSession {
public:
    SshSession(SshChannel& channel, bool terminal, Clipboard clipboard) : channel_(channel), filter_(clipboard) {
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
        if (!channel_.status()) throw Error("the sandbox's sshd hung up", "has the sandbox ended? 'isag ps -a' tells");
        return *channel_.status();
    }

private:
    struct Output {
        Sink sink;
        std::string bytes = {};
        bool read_by_nobody = false;
    };

    bool is_over() const {
        const bool ended = gone_ || channel_.is_closed();
        return ended && outputs_[0].bytes.empty() && outputs_[1].bytes.empty();
    }

    void step() {
        write_input();  // reading may have made room
        enum { sshd, keys, out, err, end, window };
        std::array<pollfd, 6> fds{pollfd{gone_ ? -1 : channel_.socket(), channel_.wanted_events(), 0},
                                  pollfd{wants_input() ? STDIN_FILENO : -1, POLLIN, 0},
                                  wanted(outputs_[0]),
                                  wanted(outputs_[1]),
                                  pollfd{ending_.fd(), POLLIN, 0},
                                  pollfd{window_.fd(), POLLIN, 0}};
        if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR)
            throw errno_error("cannot wait for the sandbox", errno);
        if (fds[end].revents != 0)
            if (const auto number = ending_.take()) throw Interrupted{*number};
        if (fds[window].revents != 0) take_window_signal();
        if (fds[keys].revents != 0) read_input();
        if (!gone_ && !channel_.advance()) gone_ = true;
        print(outputs_[0], false, fds[out].revents);
        print(outputs_[1], true, fds[err].revents);
    }

    bool wants_input() const {
        return !input_ended_ && !gone_ && !channel_.is_closed() && input_.size() < most_held &&
               (!raw_ || raw_->active());
    }
    static pollfd wanted(const Output& output) { return {output.bytes.empty() ? -1 : output.sink.fd(), POLLOUT, 0}; }

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
        const auto wish = escapes_.take(read, input_);
        left_ = wish == SshEscapes::Wish::leave;
        if (wish == SshEscapes::Wish::help) outputs_[0].bytes += escapes_help;
    }

    void write_input() {
        const std::size_t size = gone_ ? 0 : std::min(channel_.room(), input_.size());
        if (size > 0) {
            channel_.write(std::string_view(input_).substr(0, size));
            input_.erase(0, size);
        }
        if (!input_ended_ || !input_.empty() || gone_ || std::exchange(end_told_, true)) return;
        channel_.end_input();
    }

    // More is read only once it is written: what waits until then is bounded by the channel's window.
    void print(Output& output, bool errors, short revents) {
        if (revents != 0 && !output.sink.write(output.bytes)) lose(output);
        while (output.bytes.empty()) {
            std::string read;
            channel_.read(errors, most_held, read);
            if (read.empty()) return;
            if (output.read_by_nobody) continue;
            output.bytes = raw_ ? filtered(read) : std::move(read);
            if (!output.sink.write(output.bytes)) lose(output);
        }
    }

    // As a program of one's own would end whose stdout nobody reads.
    void lose(Output& output) {
        if (raw_) throw Interrupted{SIGHUP};
        if (&output == outputs_.data()) throw Interrupted{SIGPIPE};
        output.read_by_nobody = true;
        output.bytes.clear();
    }

    std::string filtered(const std::string& read) {
        std::string out;
        filter_.feed(read, out);
        modes_.feed(out);
        return out;
    }

    void take_window_signal() {
        const auto number = window_.take();
        if (!number || !raw_) return;
        if (*number == SIGTSTP) {
            raw_->leave();
            ::kill(::getpid(), SIGSTOP);
            return;
        }
        // Back from being stopped, the terminal is ours again only in the foreground.
        if (*number == SIGCONT && ::tcgetpgrp(STDIN_FILENO) == ::getpgrp()) raw_->enter();
        if (!gone_) channel_.resize(terminal_size());
    }

    void restore() {
        if (!raw_ || !raw_->active()) return;
        std::string last_words = filter_.finish() + modes_.reset_sequence();
        modes_ = ModeTracker();
        for (pollfd fd{STDOUT_FILENO, POLLOUT, 0}; !last_words.empty();)
            if (::poll(&fd, 1, last_words_limit) <= 0 || !outputs_[0].sink.write(last_words)) break;
        raw_->leave();
    }

    SshChannel& channel_;
    Signals ending_{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    Signals window_{SIGWINCH, SIGTSTP, SIGCONT};
    std::array<Output, 2> outputs_{Output{Sink(STDOUT_FILENO)}, Output{Sink(STDERR_FILENO)}};
    TerminalFilter filter_;
    ModeTracker modes_;
    SshEscapes escapes_;
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

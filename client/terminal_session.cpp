// SPDX-License-Identifier: Apache-2.0
#include "client/announcement.hpp"
#include "client/clipboard_question.hpp"
#include "client/detach_keys.hpp"
#include "client/late_answers.hpp"
#include "client/mode_tracker.hpp"
#include "client/output.hpp"
#include "client/pump.hpp"
#include "client/raw_mode.hpp"
#include "client/session.hpp"
#include "client/terminal_filter.hpp"
#include "common/error.hpp"
#include "common/poll_time.hpp"
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <string>
#include <sys/ioctl.h>
#include <unistd.h>
#include <vector>

namespace isag {
namespace {

constexpr std::size_t most_input = std::size_t{64} << 10;
constexpr std::size_t most_output = std::size_t{64} << 10;
constexpr std::size_t blocking_write = 256;  // what a terminal that polls as writable takes without waiting
constexpr int last_words_ms = 200;

Clipboard clipboard_of(const std::string& name) {
    return name == "allow" ? Clipboard::allow : name == "ask" ? Clipboard::ask : Clipboard::deny;
}

bool is_would_block(int error) { return error == EAGAIN || error == EINTR; }

class TerminalSession {
public:
    TerminalSession(SessionLink& link, Signals& ending, std::vector<UniqueFd> streams, const proto::Session& session,
                    const std::string& name)
        : link_(link),
          ending_(ending),
          watch_(link.watch()),
          detach_(session.detach_keys),
          question_(session.detach_keys),
          announcement_(name),
          filter_(clipboard_of(session.clipboard)),
          screen_(reopen_nonblocking(STDOUT_FILENO, O_WRONLY)),
          raw_(STDIN_FILENO) {
        take_streams(std::move(streams));
    }
    TerminalSession(const TerminalSession&) = delete;
    ~TerminalSession() { restore(); }

    SessionEnd run() {
        resize();  // it may have changed since the request
        advance();
        while (!finished() && !detach_.found()) step();
        restore();
        print_error(watch_.take_notices() + clipboard_notice());
        return {watch_.exited(), watch_.network()};
    }

private:
    bool finished() const { return watch_.exited() && ((!terminal_ && output_.empty()) || watch_.time_is_over()); }

    void step() {
        enum { daemon, end, window, keys, typed, agent, screen };
        std::array<pollfd, 7> fds{link_.wanted(),
                                  pollfd{ending_.fd(), POLLIN, 0},
                                  pollfd{window_.fd(), POLLIN, 0},
                                  wanted_of_keys(),
                                  wanted_of_typed(),
                                  wanted_of_agent(),
                                  wanted_of_screen()};
        if (::poll(fds.data(), fds.size(), timeout_ms()) < 0 && errno != EINTR)
            throw errno_error("cannot wait for the sandbox", errno);
        if (fds[end].revents != 0) ending_.check();
        if (fds[window].revents != 0) take_window_signal();
        if (fds[keys].revents != 0) read_keys();
        if (fds[typed].revents != 0) write_agent();
        if (fds[agent].revents != 0) read_agent();
        if (fds[screen].revents != 0) write_screen();
        if (fds[daemon].revents != 0) advance();
        const auto now = std::chrono::steady_clock::now();
        type(detach_.take(question_.expired(now), now));
        if (!modes_.in_sequence()) write_own();
    }

    // The next isagd has new streams for us, which go on or paint the screen anew; a master stays what it is.
    void advance() {
        auto resumed = link_.advance();
        if (resumed && !watch_.exited()) resize();  // it may have changed while there was none
        if (resumed && !resumed->streams.empty()) {
            take_back_keys();
            take_streams(std::move(resumed->streams));
            if (!resumed->goes_on) output_.clear();
        }
        if (const auto yours = watch_.take_turn()) {
            announcement_.set_turn(*yours);
            filter_.set_reading(!*yours);
        }
    }

    void take_streams(std::vector<UniqueFd> streams) {
        terminal_ = std::move(streams.front());
        keys_ = streams.size() > 1 ? std::move(streams[1]) : terminal_.duplicate();
        for (const auto* const fd : {&terminal_, &keys_}) set_nonblocking(*fd, true);
    }

    // What the isagd that is gone has not taken.
    void take_back_keys() {
        char bytes[most_input];
        const ssize_t n = ::read(keys_.get(), bytes, sizeof bytes);
        if (n > 0) input_.insert(0, bytes, static_cast<std::size_t>(n));
    }

    std::string clipboard_notice() const {
        if (question_.kept() == 0) return {};
        return "isag: the program wrote to the clipboard, which was not let through (" +
               std::to_string(question_.kept()) +
               " times)\n  'terminal: {clipboard: allow}' in isag.yaml lets it, 'deny' drops it without a word\n";
    }

    void write_own() {
        if (const auto write = question_.take_permitted()) output_ += *write;
        if (auto title = question_.take_title()) announcement_.set_question(std::move(*title));
        output_ += announcement_.take(filter_.title());
    }

    int timeout_ms() const {
        int ms = watch_.remaining_ms();
        for (const auto due : {detach_.due(), question_.due()}) {
            if (!due) continue;
            const int until = milliseconds_until(*due);
            ms = ms < 0 ? until : std::min(ms, until);
        }
        return ms;
    }

    pollfd wanted_of_keys() const {
        const bool wanted = !watch_.exited() && terminal_ && raw_.active() && input_.size() < most_input;
        return {wanted ? STDIN_FILENO : -1, POLLIN, 0};
    }

    pollfd wanted_of_agent() const { return {output_.empty() ? terminal_.get() : -1, POLLIN, 0}; }
    pollfd wanted_of_typed() const { return {input_.empty() || !terminal_ ? -1 : keys_.get(), POLLOUT, 0}; }

    pollfd wanted_of_screen() const { return {output_.empty() ? -1 : STDOUT_FILENO, POLLOUT, 0}; }

    void read_keys() {
        char bytes[4096];
        const ssize_t n = ::read(STDIN_FILENO, bytes, sizeof bytes);
        const auto now = std::chrono::steady_clock::now();
        if (n > 0) {
            answers_.came({bytes, static_cast<std::size_t>(n)});
            type(detach_.take(question_.take({bytes, static_cast<std::size_t>(n)}, now), now));
        } else if (n == 0 || !is_would_block(errno)) {
            throw Interrupted{SIGHUP};  // the person's terminal is gone
        }
    }

    void type(const std::string& keys) {
        if (keys.empty()) return;
        input_ += keys;
        write_agent();
    }

    void write_agent() {
        if (input_.empty() || !terminal_) return;
        const ssize_t n = ::write(keys_.get(), input_.data(), input_.size());
        if (n > 0)
            input_.erase(0, static_cast<std::size_t>(n));
        else if (errno == EIO)
            input_.clear();  // nobody is left to read it
    }

    void read_agent() {
        if (!output_.empty() || !terminal_) return;
        raw_bytes_.resize(most_output);
        const ssize_t n = ::read(terminal_.get(), raw_bytes_.data(), raw_bytes_.size());
        const int error = errno;
        if (n > 0) {
            link_.received(static_cast<std::size_t>(n));
            filter_.feed({raw_bytes_.data(), static_cast<std::size_t>(n)}, output_);
            const auto now = std::chrono::steady_clock::now();
            answers_.asked(filter_.take_questions(), now);
            if (auto write = filter_.take_clipboard_request()) question_.ask(std::move(*write), now);
            modes_.feed(output_);
            watch_.moved();
            if (screen_) write_screen();
        } else if (n == 0 || !is_would_block(error)) {  // EIO: no process has it open any more
            terminal_.reset();
        }
    }

    // A descriptor of our own does not wait. Where there is none, one small write a poll(2).
    void write_screen() {
        const std::size_t size = screen_ ? output_.size() : std::min(output_.size(), blocking_write);
        const ssize_t n = ::write(screen_ ? screen_.get() : STDOUT_FILENO, output_.data(), size);
        if (n > 0) {
            output_.erase(0, static_cast<std::size_t>(n));
            watch_.moved();
        } else if (n < 0 && !is_would_block(errno)) {
            throw Interrupted{SIGHUP};
        }
    }

    void resize() { link_.notify("resize", terminal_size()); }

    void take_window_signal() {
        const auto number = window_.take();
        if (!number) return;
        if (*number == SIGTSTP) {
            raw_.leave();
            ::kill(::getpid(), SIGSTOP);
        } else {
            // Back from being stopped, the terminal is ours again only in the foreground.
            if (*number == SIGCONT && ::tcgetpgrp(STDIN_FILENO) == ::getpgrp()) raw_.enter();
            if (!watch_.exited()) resize();
        }
    }

    void restore() {
        if (!raw_.active()) return;
        std::string last_words = filter_.finish() + modes_.reset_sequence() + announcement_.finish(filter_.title());
        modes_ = ModeTracker();
        while (!last_words.empty()) {
            pollfd fd{STDOUT_FILENO, POLLOUT, 0};
            if (::poll(&fd, 1, last_words_ms) <= 0 || (fd.revents & POLLOUT) == 0) break;
            const int out = screen_ ? screen_.get() : STDOUT_FILENO;
            const ssize_t n = ::write(out, last_words.data(), std::min(last_words.size(), blocking_write));
            if (n <= 0) break;
            last_words.erase(0, static_cast<std::size_t>(n));
        }
        answers_.drop(STDIN_FILENO, STDOUT_FILENO);
        raw_.leave();
    }

    SessionLink& link_;
    Signals& ending_;
    Signals window_{SIGWINCH, SIGTSTP, SIGCONT};
    UniqueFd terminal_;  // what the program prints comes from here,
    UniqueFd keys_;      // what is typed goes there
    ExitWatch& watch_;
    DetachKeys detach_;
    ClipboardQuestion question_;
    Announcement announcement_;
    LateAnswers answers_;
    TerminalFilter filter_;
    std::string raw_bytes_;
    UniqueFd screen_;
    RawMode raw_;
    ModeTracker modes_;
    std::string input_;   // typed, not yet taken by the agent
    std::string output_;  // of the agent, not yet on the screen
};

}  // namespace

proto::TerminalSize terminal_size() {
    for (const int fd : {STDOUT_FILENO, STDIN_FILENO}) {
        winsize size{};
        if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
            return {size.ws_row, size.ws_col};
    }
    return {};
}

SessionEnd run_terminal_session(SessionLink& link, Signals& ending, std::vector<UniqueFd> streams,
                                const proto::Session& session, const std::string& name) {
    return TerminalSession(link, ending, std::move(streams), session, name).run();
}

}  // namespace isag

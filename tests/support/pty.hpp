// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/environment.hpp"
#include "common/unique_fd.hpp"
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>
#include <vector>

namespace isag::test {

// A program in a pseudo-terminal of its own, and a person in front of it. Whatever does not happen before its deadline
// throws, with what was on the screen.
class Pty {
public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::seconds limit{20};

    struct Options {
        std::vector<std::string> argv;  // argv[0]: a path
        Environment environment = {};
        unsigned short rows = 24;
        unsigned short columns = 80;
        std::string directory = {};  // empty: as it is
        int stdout_fd = -1;          // instead of the terminal
    };

    explicit Pty(const Options& options) {
        winsize size{options.rows, options.columns, 0, 0};
        int master = -1;
        int slave = -1;
        if (::openpty(&master, &slave, nullptr, nullptr, &size) != 0) throw std::runtime_error("openpty failed");
        master_.reset(master);
        slave_.reset(slave);  // kept open: the terminal and its mode outlive the program
        ::fcntl(master, F_SETFD, FD_CLOEXEC);
        ::fcntl(slave, F_SETFD, FD_CLOEXEC);
        first_mode_ = mode();
        start(options);
    }
    Pty(const Pty&) = delete;
    ~Pty() {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }

    pid_t pid() const { return pid_; }
    void signal(int number) const { ::kill(pid_, number); }

    void type(std::string_view keys) {
        while (!keys.empty()) {
            const ssize_t n = ::write(master_.get(), keys.data(), keys.size());
            if (n <= 0) throw failure("typing failed");
            keys.remove_prefix(static_cast<std::size_t>(n));
        }
    }

    void resize(unsigned short rows, unsigned short columns) {
        winsize size{rows, columns, 0, 0};
        ::ioctl(master_.get(), TIOCSWINSZ, &size);
    }

    // Waits until the text is on the screen, after what earlier calls found.
    void expect(std::string_view text, std::chrono::seconds within = limit) {
        const auto until = Clock::now() + within;
        for (;;) {
            const auto at = output_.find(text, found_);
            if (at != std::string::npos) {
                found_ = at + text.size();
                return;
            }
            if (!read_some(until)) throw failure("never saw \"" + std::string(text) + "\"");
        }
    }

    // Waits until that many bytes came, all in all.
    void expect_bytes(std::size_t count) {
        const auto until = Clock::now() + limit;
        while (output_.size() < count)
            if (!read_some(until)) throw failure("only " + std::to_string(output_.size()) + " bytes came");
    }

    const std::string& output() const { return output_; }

    // How the terminal is set, and whether it is as it was before the program.
    termios mode() const {
        termios out{};
        ::tcgetattr(slave_.get(), &out);
        return out;
    }
    bool is_restored() const {
        const termios now = mode();
        return now.c_iflag == first_mode_.c_iflag && now.c_oflag == first_mode_.c_oflag &&
               now.c_cflag == first_mode_.c_cflag && now.c_lflag == first_mode_.c_lflag &&
               std::memcmp(now.c_cc, first_mode_.c_cc, sizeof now.c_cc) == 0;
    }

    // What was typed and nobody read, which a shell would after the program; the terminal is raw then.
    std::string left_to_read() const {
        termios raw = mode();
        ::cfmakeraw(&raw);
        raw.c_cc[VMIN] = 0;
        ::tcsetattr(slave_.get(), TCSANOW, &raw);
        char bytes[4096];
        const ssize_t n = ::read(slave_.get(), bytes, sizeof bytes);
        return {bytes, static_cast<std::size_t>(std::max<ssize_t>(n, 0))};
    }

    void wait_until_raw(bool raw = true) {
        const auto until = Clock::now() + limit;
        while (((mode().c_lflag & ICANON) == 0) != raw)
            if (!read_some(until, 5)) throw failure("the terminal's mode never changed");
    }

    // Waits for the end, reading on; the status as waitpid(2) gives it. stopped: for being stopped instead.
    int wait(bool stopped = false) {
        const auto until = Clock::now() + limit;
        for (;;) {
            int status = 0;
            const pid_t pid = ::waitpid(pid_, &status, WNOHANG | (stopped ? WUNTRACED : 0));
            if (pid == pid_) {
                if (!stopped) pid_ = -1;
                while (read_some(Clock::now(), 0, false)) {
                }
                return status;
            }
            if (!read_some(until, 5)) throw failure("the program did not end");
        }
    }

    int exit_code() {
        const int status = wait();
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

private:
    void start(const Options& options) {
        std::vector<std::string> environment;
        for (const auto& [name, value] : options.environment) environment.push_back(name + "=" + value);
        const auto argv = pointers(options.argv);
        const auto envp = pointers(environment);
        pid_ = ::fork();
        if (pid_ != 0) return;
        ::login_tty(::fcntl(slave_.get(), F_DUPFD, 10));
        if (options.stdout_fd >= 0) ::dup2(options.stdout_fd, STDOUT_FILENO);
        if (options.directory.empty() || ::chdir(options.directory.c_str()) == 0)
            ::execve(argv[0], argv.data(), envp.data());
        ::_exit(127);
    }

    static std::vector<char*> pointers(const std::vector<std::string>& texts) {
        std::vector<char*> out;
        for (const auto& text : texts) out.push_back(const_cast<char*>(text.c_str()));
        out.push_back(nullptr);
        return out;
    }

    // True where something came, or slice_ms went by before the deadline (a caller that looks at something else again).
    bool read_some(Clock::time_point until, int slice_ms = -1, bool slice_counts = true) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
        const int wait_ms = static_cast<int>(std::max<long>(left, 0));
        pollfd fd{master_.get(), POLLIN, 0};
        if (::poll(&fd, 1, slice_ms < 0 ? wait_ms : std::min(wait_ms, slice_ms)) <= 0)
            return slice_counts && slice_ms >= 0 && left > 0;
        char bytes[65536];
        const ssize_t n = ::read(master_.get(), bytes, sizeof bytes);
        if (n > 0) output_.append(bytes, static_cast<std::size_t>(n));
        return n > 0;
    }

    std::runtime_error failure(const std::string& what) const {
        const std::size_t from = output_.size() > 2000 ? output_.size() - 2000 : 0;
        return std::runtime_error(what + "; the screen's last: " + output_.substr(from));
    }

    UniqueFd master_;
    UniqueFd slave_;
    pid_t pid_ = -1;
    termios first_mode_{};
    std::string output_;
    std::size_t found_ = 0;
};

}  // namespace isag::test

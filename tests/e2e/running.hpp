// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/child_process.hpp"
#include "common/file.hpp"
#include "common/unique_fd.hpp"
#include <algorithm>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace isag::test {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds patience{30};

// Asks again and again until it holds; false where it did not before the deadline.
template <class Condition>
bool eventually(Condition condition, Clock::duration limit = patience) {
    const auto until = Clock::now() + limit;
    while (!condition()) {
        if (Clock::now() >= until) return false;
        ::poll(nullptr, 0, 10);
    }
    return true;
}

// A program in the background, its stdout and stderr in files. Killed when it is left behind.
class Running {
public:
    Running(const std::vector<std::string>& argv, const Environment& environment, const std::filesystem::path& files)
        : out_(files.string() + ".out"),
          err_(files.string() + ".err"),
          stdin_(make_pipe()),
          child_(start(argv, environment)) {
        stdin_.read.reset();
    }

    pid_t pid() const { return child_.pid(); }
    void signal(int number) const { child_.signal(number); }
    bool has_ended() const { return child_.has_ended(); }
    std::string out() const { return read_file(out_, 64 << 20).value(); }
    std::string err() const { return read_file(err_, 64 << 20).value(); }
    void close_stdin() { stdin_.write.reset(); }

    // Waits for its end and says how it ended, as a shell does.
    int wait(Clock::duration limit = patience) {
        pollfd fd{child_.pidfd().get(), POLLIN, 0};
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(limit).count();
        if (::poll(&fd, 1, static_cast<int>(ms)) <= 0)
            throw std::runtime_error("a program hangs; it said: " + out() + err());
        return child_.wait().as_shell();
    }
    // Waits until its stdout (or stderr) holds the text.
    void expect(std::string_view text) const {
        const auto holds = [&] {
            return out().find(text) != std::string::npos || err().find(text) != std::string::npos;
        };
        if (!eventually([&] { return holds() || has_ended(); }) || !holds())
            throw std::runtime_error("never said \"" + std::string(text) + "\", but: " + out() + err());
    }

private:
    ChildProcess start(const std::vector<std::string>& argv, const Environment& environment) const {
        const auto create = [](const std::filesystem::path& path) {
            return UniqueFd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        };
        const UniqueFd out = create(out_);
        const UniqueFd err = create(err_);
        ChildOptions options;
        options.argv = argv;
        options.env = environment;
        options.fds = {{stdin_.read.get(), 0}, {out.get(), 1}, {err.get(), 2}};
        return ChildProcess::start(options);
    }

    std::filesystem::path out_;
    std::filesystem::path err_;
    Pipe stdin_;
    ChildProcess child_;
};

}  // namespace isag::test

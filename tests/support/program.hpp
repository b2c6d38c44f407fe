// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/child_process.hpp"
#include "common/error.hpp"
#include "common/unique_fd.hpp"
#include <csignal>
#include <poll.h>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace isag::test {

struct Finished {
    int status = 0;  // as a shell reports it
    std::string out;
    std::string err;
};

// Runs a program to its end with that on its stdin. Throws after 60 s without anything happening.
inline Finished run_program(const std::vector<std::string>& argv, const Environment& environment,
                            std::string_view input = {}) {
    ::signal(SIGPIPE, SIG_IGN);
    Pipe in = make_pipe(), out = make_pipe(), err = make_pipe();
    ChildOptions options;
    options.argv = argv;
    options.env = environment;
    options.fds = {{in.read.get(), 0}, {out.write.get(), 1}, {err.write.get(), 2}};
    ChildProcess child = ChildProcess::start(options);
    in.read.reset();
    out.write.reset();
    err.write.reset();
    set_nonblocking(in.write, true);

    Finished finished;
    const auto drain = [](UniqueFd& fd, std::string& into) {
        char bytes[65536];
        const ssize_t n = ::read(fd.get(), bytes, sizeof bytes);
        if (n > 0)
            into.append(bytes, static_cast<std::size_t>(n));
        else
            fd.reset();
    };
    while (out.read || err.read) {
        if (input.empty()) in.write.reset();
        pollfd fds[3] = {{in.write.get(), POLLOUT, 0}, {out.read.get(), POLLIN, 0}, {err.read.get(), POLLIN, 0}};
        if (::poll(fds, 3, 60'000) <= 0) throw Error(argv[0] + " hangs; it said: " + finished.err);
        if (fds[0].revents != 0) {
            const ssize_t n = ::write(in.write.get(), input.data(), input.size());
            input.remove_prefix(n > 0 ? static_cast<std::size_t>(n) : input.size());
        }
        if (fds[1].revents != 0) drain(out.read, finished.out);
        if (fds[2].revents != 0) drain(err.read, finished.err);
    }
    finished.status = child.wait().as_shell();
    return finished;
}

}  // namespace isag::test

// SPDX-License-Identifier: Apache-2.0
#include "client/copy/remote_program.hpp"
#include "client/connection.hpp"
#include "client/exit_status.hpp"
#include "client/see_session.hpp"
#include "common/poll_time.hpp"
#include "proto/session.hpp"
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>
#include <utility>

namespace isag {
namespace {

constexpr int pipe_size = 1 << 20;
constexpr std::size_t longest_line = 100;

bool may_be_tried_again(int error) { return error == EAGAIN || error == EINTR; }

}  // namespace

struct RemoteProgram::Opened {
    OpenSession session;
    Connection connection;
};

RemoteProgram::Opened RemoteProgram::open(const Context& context, const std::string& sandbox,
                                          std::vector<std::string> argv, Signals& signals) {
    proto::ExecRequest request;
    request.target.name = sandbox;
    request.argv = std::move(argv);
    request.environment = {{"LC_ALL", "C"}};  // names are bytes, messages English
    Opened opened{{}, Connection::open(context)};
    ask_for_session<proto::ExecReply>(opened.connection, "exec", request, signals, opened.session);
    if (opened.session.streams.size() != 3)
        throw Error("isagd sent " + std::to_string(opened.session.streams.size()) + " descriptors");
    return opened;
}

RemoteProgram::RemoteProgram(const Context& context, const std::string& sandbox, std::vector<std::string> argv,
                             Signals& signals)
    : RemoteProgram(context, open(context, sandbox, std::move(argv), signals), signals) {}

RemoteProgram::RemoteProgram(const Context& context, Opened opened, Signals& signals)
    : signals_(signals),
      sandbox_(opened.session.sandbox),
      input_(std::move(opened.session.streams[0])),
      output_(std::move(opened.session.streams[1])),
      errors_(std::move(opened.session.streams[2])),
      link_(context, std::move(opened.connection), opened.session.session, SessionLink::SizeOf()) {
    for (const auto* fd : {&input_, &output_, &errors_}) {
        set_nonblocking(*fd, true);
        ::fcntl(fd->get(), F_SETPIPE_SZ, pipe_size);  // fewer switches; where the limit is reached, less will do
    }
    link_.advance();  // may have come with the reply
}

bool RemoteProgram::wait_for(int fd, short events, int most_ms) {
    std::array<pollfd, 4> fds{pollfd{fd, events, 0}, pollfd{errors_.get(), POLLIN, 0}, link_.wanted(),
                              pollfd{signals_.fd(), POLLIN, 0}};
    if (::poll(fds.data(), fds.size(), most_ms < 0 ? link_.watch().remaining_ms() : most_ms) < 0 && errno != EINTR)
        throw errno_error("cannot wait for the sandbox", errno);
    signals_.check();
    if (fds[1].revents != 0) take_complaints();
    if (fds[2].revents != 0) link_.advance();
    return fds[0].revents != 0;
}

void RemoteProgram::take_complaints() {
    char bytes[4096];
    const ssize_t n = ::read(errors_.get(), bytes, sizeof bytes);
    if (n > 0)
        complaints_.append(bytes, std::min(static_cast<std::size_t>(n), most_complaints - complaints_.size()));
    else if (n == 0 || !may_be_tried_again(errno))
        errors_.reset();
}

// What a descendant that outlives the program holds open is not waited for.
std::size_t RemoteProgram::read(char* into, std::size_t size) {
    signals_.check();  // a fast copy may never wait
    while (output_) {
        const ssize_t n = ::read(output_.get(), into, size);
        if (n > 0) {
            link_.watch().moved();
            return static_cast<std::size_t>(n);
        }
        if (n == 0 || !may_be_tried_again(errno)) {
            output_.reset();
        } else if (!wait_for(output_.get(), POLLIN) && link_.watch().time_is_over()) {
            output_.reset();
        }
    }
    return 0;
}

std::string RemoteProgram::read_line() {
    std::string line;
    for (char c = 0; line.size() < longest_line && read(&c, 1) == 1 && c != '\n';) line += c;
    return line;
}

void RemoteProgram::write(std::string_view bytes) {
    signals_.check();
    while (!bytes.empty()) {
        if (!input_) throw InputRefused();
        const ssize_t n = ::write(input_.get(), bytes.data(), bytes.size());
        if (n >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(n));
        } else if (!may_be_tried_again(errno)) {
            input_.reset();
            throw InputRefused();
        } else {
            wait_for(input_.get(), POLLOUT);
            if (link_.watch().exited()) throw InputRefused();
        }
    }
}

int RemoteProgram::wait() {
    close_input();
    char bytes[4096];
    while (read(bytes, sizeof bytes) > 0) {
    }
    while (!link_.watch().exited()) wait_for(-1, 0);
    while (errors_ && !link_.watch().time_is_over()) wait_for(-1, 0);
    return exit_status(*link_.watch().exited());
}

bool RemoteProgram::ends_within(std::chrono::milliseconds limit) {
    close_input();
    output_.reset();
    const auto until = std::chrono::steady_clock::now() + limit;
    while (!link_.watch().exited() && std::chrono::steady_clock::now() < until)
        wait_for(-1, 0, milliseconds_until(until));
    return link_.watch().exited().has_value();
}

}  // namespace isag

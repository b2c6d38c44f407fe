// SPDX-License-Identifier: Apache-2.0
#include "common/unique_fd.hpp"
#include "common/error.hpp"
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace isag {

void UniqueFd::reset(int fd) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
}

UniqueFd UniqueFd::duplicate() const {
    UniqueFd copy(::fcntl(fd_, F_DUPFD_CLOEXEC, 3));
    if (!copy) throw errno_error("cannot duplicate a descriptor", errno);
    return copy;
}

Pipe make_pipe() {
    auto pipe = try_to_make_pipe();
    if (!pipe) throw errno_error("cannot make a pipe", errno);
    return std::move(*pipe);
}

std::optional<Pipe> try_to_make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
    return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

std::string path_of(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

void set_nonblocking(const UniqueFd& fd, bool on) {
    const int flags = ::fcntl(fd.get(), F_GETFL);
    if (flags < 0 || ::fcntl(fd.get(), F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK) != 0)
        throw errno_error("cannot change a descriptor's flags", errno);
}

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#include "client/sink.hpp"
#include "client/pump.hpp"
#include "common/error.hpp"
#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace isag {
namespace {

// What a terminal or a pipe that polls as writable takes without waiting.
constexpr std::size_t surely_taken = 256;

// A file has an offset that the descriptors share; opened anew it would begin at 0.
bool may_reopen(int fd) {
    struct stat info {};
    return ::fstat(fd, &info) == 0 && (S_ISFIFO(info.st_mode) || ::isatty(fd));
}

bool is_file(int fd) {
    struct stat info {};
    return ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
}

// After a write that failed: true where another may succeed.
bool is_alive(int error) {
    if (error == EAGAIN || error == EINTR) return true;
    if (error == EPIPE || error == ECONNRESET || error == EIO) return false;  // EIO: a terminal that hung up
    throw errno_error("cannot write what the program prints", error);
}

}  // namespace

Sink::Sink(int fd) : fd_(fd) {
    if (may_reopen(fd)) own_ = reopen_nonblocking(fd, O_WRONLY);
}

bool Sink::write(std::string& bytes) const {
    while (!bytes.empty()) {
        ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        const bool is_socket = n >= 0 || errno != ENOTSOCK;
        const bool takes_all = own_ || is_file(fd_);
        if (!is_socket)
            n = ::write(own_ ? own_.get() : fd_, bytes.data(),
                        takes_all ? bytes.size() : std::min(bytes.size(), surely_taken));
        if (n < 0) return is_alive(errno);
        bytes.erase(0, static_cast<std::size_t>(n));
        if (!is_socket && !takes_all) break;  // the next only after another poll(2)
    }
    return true;
}

}  // namespace isag

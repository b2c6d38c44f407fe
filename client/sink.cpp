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

mode_t type_of(int fd) {
    struct stat info {};
    return ::fstat(fd, &info) == 0 ? info.st_mode & S_IFMT : 0;
}

// After a write that failed: true where another may succeed.
bool is_alive(int error) {
    if (error == EAGAIN || error == EINTR) return true;
    if (error == EPIPE || error == ECONNRESET || error == EIO) return false;  // EIO: a terminal that hung up
    throw errno_error("cannot write what the program prints", error);
}

}  // namespace

Sink::Sink(int fd) : fd_(fd), is_socket_(type_of(fd) == S_IFSOCK) {
    // A file has an offset that the descriptors share: opened anew it would begin at 0. But it takes all at once.
    waits_when_full_ = type_of(fd) == S_IFIFO || ::isatty(fd);
    if (waits_when_full_) own_ = reopen_nonblocking(fd, O_WRONLY);
}

bool Sink::write(std::string& bytes) const {
    const bool is_careful = waits_when_full_ && !own_;
    while (!bytes.empty()) {
        const std::size_t size = is_careful ? std::min(bytes.size(), surely_taken) : bytes.size();
        const ssize_t n = is_socket_ ? ::send(fd_, bytes.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL)
                                     : ::write(own_ ? own_.get() : fd_, bytes.data(), size);
        if (n < 0) return is_alive(errno);
        bytes.erase(0, static_cast<std::size_t>(n));
        if (is_careful) break;  // the next only after another poll(2)
    }
    return true;
}

}  // namespace isag

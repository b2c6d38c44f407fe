// SPDX-License-Identifier: Apache-2.0
#include "client/raw_mode.hpp"
#include "common/error.hpp"
#include <cerrno>

namespace isag {
namespace {

int set(int fd, const termios& mode) {
    int result = 0;
    do result = ::tcsetattr(fd, TCSANOW, &mode);  // not DRAIN: that hangs on a terminal that is stopped
    while (result != 0 && errno == EINTR);
    return result;
}

}  // namespace

RawMode::RawMode(int fd) : fd_(fd) {
    if (::tcgetattr(fd_, &before_) != 0) throw errno_error("cannot read the terminal's mode", errno);
    enter();
}

void RawMode::enter() {
    termios raw = before_;
    ::cfmakeraw(&raw);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    if (set(fd_, raw) != 0) throw errno_error("cannot set the terminal's mode", errno);
    raw_ = true;
}

void RawMode::leave() {
    if (raw_) set(fd_, before_);
    raw_ = false;
}

}  // namespace isag

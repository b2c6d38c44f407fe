// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <utility>

namespace isag {

// Owns one file descriptor; -1 means none.
class UniqueFd {
public:
    UniqueFd() = default;
    explicit UniqueFd(int fd) : fd_(fd) {}
    UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}
    UniqueFd& operator=(UniqueFd&& other) noexcept {
        reset(other.release());
        return *this;
    }
    UniqueFd(const UniqueFd&) = delete;
    UniqueFd& operator=(const UniqueFd&) = delete;
    ~UniqueFd() { reset(); }

    int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }
    int release() { return std::exchange(fd_, -1); }
    void reset(int fd = -1);
    // A second descriptor for the same open file, close-on-exec. Throws Error.
    UniqueFd duplicate() const;

private:
    int fd_ = -1;
};

// A pipe, both ends close-on-exec. Throws Error.
struct Pipe {
    UniqueFd read;
    UniqueFd write;
};
Pipe make_pipe();
// Nothing, and errno, where there is none to be had.
std::optional<Pipe> try_to_make_pipe();

// The way to an open file, however it was opened, even with O_PATH: /proc/self/fd/N (proc(5)).
std::string path_of(int fd);

// Sets or clears O_NONBLOCK. Throws Error.
void set_nonblocking(const UniqueFd& fd, bool on);

}  // namespace isag

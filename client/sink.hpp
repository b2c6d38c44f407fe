// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include <string>

namespace isag {

// A descriptor that others share, written without waiting: its O_NONBLOCK is not ours to set.
class Sink {
public:
    // `fd` stays the caller's.
    explicit Sink(int fd);

    int fd() const { return fd_; }
    // Writes what can be written now and takes that out of `bytes`. False where nobody reads there any more. Throws
    // Error where it can't be written for another reason (a full disk).
    bool write(std::string& bytes) const;

private:
    int fd_;
    bool is_socket_;
    bool waits_when_full_;
    UniqueFd own_;  // of the same pipe or terminal, and ours
};

}  // namespace isag

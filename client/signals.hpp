// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include <csignal>
#include <initializer_list>
#include <optional>

namespace isag {

// Thrown where a signal ends the command: main() cleans up and then dies of it.
struct Interrupted {
    int signal;
};

// These signals become readable on fd() for as long as this lives, instead of acting. One that the parent had us
// ignore (nohup) stays ignored.
class Signals {
public:
    explicit Signals(std::initializer_list<int> numbers);
    Signals(const Signals&) = delete;
    ~Signals();

    int fd() const { return fd_.get(); }
    // The next signal that arrived, without waiting.
    std::optional<int> take();
    // Throws Interrupted where one has arrived.
    void check();

private:
    sigset_t before_{};
    UniqueFd fd_;
};

}  // namespace isag

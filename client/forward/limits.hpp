// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>

namespace isag::forward {

// How many connections of each side are served at a time, and how many pipes they may borrow while much flows.
struct Limits {
    static constexpr std::size_t most_connections = 4096;

    std::size_t from_host = 0;
    std::size_t from_sandbox = 0;
    std::size_t pipes = 0;
};

// For a process with so many descriptors that is asked for forwards whose connections the host begins (-L, -D), the
// sandbox (-R), or both: then a quarter of them may be the sandbox's.
Limits limits_for(std::size_t descriptors, bool from_host, bool from_sandbox);

// How many this process may have, its limit raised as far as it may be. Throws Error where that is less than what
// forwards need for themselves.
std::size_t descriptors_for_forwards();

}  // namespace isag::forward

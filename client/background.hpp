// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include <sys/types.h>

namespace isag {

// As ssh -f: the command asks and complains in the foreground, and goes on behind the shell once it works.
class Background {
public:
    // Forks; must come before any thread. The child returns. The parent does not: it waits, and ends with 0 once the
    // child is ready, or as the child does where that ends before. Until then a parent that is killed takes the child
    // along, and Ctrl-C reaches both. Throws Error.
    Background();
    Background(const Background&) = delete;
    Background& operator=(const Background&) = delete;

    // In a session of its own from now on (setsid(2)). Lets the parent end.
    void ready();

private:
    Pipe told_;
};

// Reading from stdin ends at once from now on. Throws Error.
void close_input();

}  // namespace isag

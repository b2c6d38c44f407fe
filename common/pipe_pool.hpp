// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include <cstddef>
#include <vector>

namespace isag {

// Empty pipes for splice(2), lent to a connection only while much flows: an idle one has none.
class PipePool {
public:
    static constexpr int pipe_size = 512 << 10;  // bytes; the kernel may give less
    static constexpr std::size_t most_kept = 4;

    // Throws Error.
    Pipe take();
    // It must be empty.
    void give_back(Pipe pipe);

private:
    std::vector<Pipe> kept_;
};

}  // namespace isag

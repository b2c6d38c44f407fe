// SPDX-License-Identifier: Apache-2.0
#include "common/pipe_pool.hpp"
#include <fcntl.h>

namespace isag {

Pipe PipePool::take() {
    if (!kept_.empty()) {
        Pipe out = std::move(kept_.back());
        kept_.pop_back();
        return out;
    }
    Pipe out = make_pipe();
    // Refused above the user's limit of pages (pipe(7)): then it stays as it is, and is only slower.
    ::fcntl(out.write.get(), F_SETPIPE_SZ, pipe_size);
    return out;
}

void PipePool::give_back(Pipe pipe) {
    if (kept_.size() < most_kept) kept_.push_back(std::move(pipe));
}

}  // namespace isag

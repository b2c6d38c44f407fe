// SPDX-License-Identifier: Apache-2.0
#include "common/pipe_pool.hpp"
#include <fcntl.h>
#include <utility>

namespace isag {

std::optional<Pipe> PipePool::take() {
    if (lent_ >= most_lent_) return std::nullopt;
    std::optional<Pipe> out;
    if (!kept_.empty()) {
        out = std::move(kept_.back());
        kept_.pop_back();
    } else {
        out = try_to_make_pipe();
        if (!out) return std::nullopt;  // no descriptors are left, or no memory
        // Refused above the user's limit of pages (pipe(7)): then it stays as it is, and is only slower.
        ::fcntl(out->write.get(), F_SETPIPE_SZ, pipe_size);
    }
    ++lent_;
    return out;
}

void PipePool::give_back(Pipe pipe, bool is_empty) {
    --lent_;
    if (is_empty && kept_.size() < most_kept) kept_.push_back(std::move(pipe));
}

}  // namespace isag

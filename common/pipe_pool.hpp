// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

namespace isag {

// Empty pipes for splice(2), lent to a connection only while much flows: an idle one has none. Outlives its borrowers.
class PipePool {
public:
    static constexpr int pipe_size = 512 << 10;  // bytes; the kernel may give less
    static constexpr std::size_t most_kept = 4;

    // So many at a time; without it as many as there are descriptors for.
    void set_most_lent(std::size_t most) { most_lent_ = most; }

private:
    friend class BorrowedPipe;
    std::optional<Pipe> take();
    void give_back(Pipe pipe, bool is_empty);

    std::vector<Pipe> kept_;
    std::size_t lent_ = 0;
    std::size_t most_lent_ = std::numeric_limits<std::size_t>::max();
};

// One of them until its end, or none where there is no other to be had.
class BorrowedPipe {
public:
    explicit BorrowedPipe(PipePool& pool) : pool_(pool), pipe_(pool.take()) {}
    BorrowedPipe(const BorrowedPipe&) = delete;
    BorrowedPipe& operator=(const BorrowedPipe&) = delete;
    ~BorrowedPipe() {
        if (pipe_) pool_.give_back(std::move(*pipe_), is_empty_);
    }

    explicit operator bool() const { return pipe_.has_value(); }
    const Pipe& operator*() const { return *pipe_; }
    const Pipe* operator->() const { return &*pipe_; }
    // One that is not empty at its end is lent to nobody else.
    void set_empty(bool is_empty) { is_empty_ = is_empty; }

private:
    PipePool& pool_;
    std::optional<Pipe> pipe_;
    bool is_empty_ = true;
};

}  // namespace isag

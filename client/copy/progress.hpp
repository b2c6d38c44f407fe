// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/context.hpp"
#include "client/signals.hpp"
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace isag {

// How far a copy is, on stderr where that is a terminal, and what there is to say of it.
class CopyProgress {
public:
    static constexpr std::size_t most_warnings = 20;

    CopyProgress(const Context& context, bool quiet, Signals* signals = nullptr);
    CopyProgress(const CopyProgress&) = delete;
    ~CopyProgress();

    // Throws Interrupted where one of the signals has come.
    void moved(std::size_t bytes);
    // The same where nothing moves: holes, folders.
    void check_signals();
    void finished_one() { ++entries_; }
    // A line that begins with "isag: ", escaped already; after `most_warnings` they are only counted.
    void warn(const std::string& text);

    std::uint64_t bytes() const { return bytes_; }
    std::uint64_t entries() const { return entries_; }

private:
    void draw();
    void clear();

    bool shows_;
    Signals* signals_;
    bool drawn_ = false;
    std::uint64_t bytes_ = 0;
    std::uint64_t entries_ = 0;
    std::size_t warnings_ = 0;
    std::chrono::steady_clock::time_point next_;
};

}  // namespace isag

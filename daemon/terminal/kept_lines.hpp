// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <deque>
#include <string>

namespace isag::terminal {

// The last lines that have scrolled off the top of a screen.
class KeptLines {
public:
    static constexpr std::size_t most = 2000;                          // lines,
    static constexpr std::size_t most_bytes = std::size_t{512} << 10;  // and how much of them in all

    void add(std::string line);
    void clear();
    // All of them, each with its end.
    std::string text() const;

private:
    std::deque<std::string> lines_;
    std::size_t bytes_ = 0;
};

}  // namespace isag::terminal

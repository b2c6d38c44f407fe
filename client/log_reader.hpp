// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include <array>
#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

namespace isag {

// Reads a sandbox's log as it grows, file after file. They are isagd's, on disk: a file that is open here is read to
// its end though isagd has gone, or has removed it.
class LogReader {
public:
    // From that place in the file on. Without a file: all of those that come.
    explicit LogReader(UniqueFd file = {}, std::int64_t offset = 0);

    // The files that there are now, the oldest first. False where they are another sandbox's, of the same name.
    bool take(std::vector<UniqueFd> files);
    // Some of what was not read yet, until the next call; empty where there is no more now. Throws Error.
    std::string_view read();
    // All that is read next comes in a file that was not taken yet.
    bool needs_files() const;

private:
    UniqueFd file_;
    std::int64_t offset_;
    std::deque<UniqueFd> next_;
    std::array<char, 65536> bytes_{};
};

}  // namespace isag

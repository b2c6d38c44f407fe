// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace isag::proto {

// The longest message, its newline not counted.
inline constexpr std::size_t max_line = std::size_t{1} << 20;

// Splits a byte stream into lines ended by '\n'. No I/O: feed() what arrived, take next() until it is empty.
class LineReader {
public:
    void feed(std::string_view bytes);
    // The next whole line without its newline; nothing while it is incomplete; a failure once a line is longer than
    // max_line, after which the stream can't be followed any more.
    Result<std::optional<std::string>> next();
    // True where bytes of an unfinished line are held.
    bool in_the_middle() const { return begin_ < buffer_.size(); }

private:
    std::string buffer_;
    std::size_t begin_ = 0;    // start of the line not yet taken
    std::size_t scanned_ = 0;  // no newline in [begin_, scanned_)
};

}  // namespace isag::proto

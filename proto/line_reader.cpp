// SPDX-License-Identifier: Apache-2.0
#include "proto/line_reader.hpp"
#include <algorithm>

namespace isag::proto {

void LineReader::feed(std::string_view bytes) {
    if (begin_ > 0 && begin_ >= buffer_.size() / 2) {
        buffer_.erase(0, begin_);
        scanned_ -= begin_;
        begin_ = 0;
    }
    buffer_.append(bytes);
}

Result<std::optional<std::string>> LineReader::next() {
    const std::size_t newline = buffer_.find('\n', scanned_);
    const std::size_t length = std::min(newline, buffer_.size()) - begin_;
    if (length > max_line) return Failure{"a message is longer than " + std::to_string(max_line) + " bytes"};
    if (newline == std::string::npos) {
        scanned_ = buffer_.size();
        return std::optional<std::string>{};
    }
    std::optional<std::string> line = buffer_.substr(begin_, length);
    begin_ = scanned_ = newline + 1;
    if (begin_ == buffer_.size()) {  // gives the memory back, which may hold a long message with secrets
        buffer_ = std::string();
        begin_ = scanned_ = 0;
    }
    return line;
}

}  // namespace isag::proto

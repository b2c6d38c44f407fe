// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/kept_lines.hpp"
#include <utility>

namespace isag::terminal {

void KeptLines::add(std::string line) {
    bytes_ += line.size();
    lines_.push_back(std::move(line));
    while (lines_.size() > most || bytes_ > most_bytes) {
        bytes_ -= lines_.front().size();
        lines_.pop_front();
    }
}

void KeptLines::clear() {
    lines_.clear();
    bytes_ = 0;
}

std::string KeptLines::text() const {
    std::string out;
    for (const auto& line : lines_) out += line + "\r\n";
    return out;
}

}  // namespace isag::terminal

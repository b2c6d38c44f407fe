// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/whole_characters.hpp"
#include <algorithm>
#include <cstddef>
#include <utility>

namespace isag::terminal {
namespace {

// How many bytes at the end are the beginning of a character that is not there whole.
std::size_t cut_at_end(std::string_view bytes) {
    for (std::size_t back = 1; back <= std::min<std::size_t>(bytes.size(), 3); ++back) {
        const auto byte = static_cast<unsigned char>(bytes[bytes.size() - back]);
        if ((byte & 0xc0) == 0x80) continue;
        const std::size_t length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
        return length > back ? back : 0;
    }
    return 0;
}

}  // namespace

void WholeCharacters::write(std::string_view bytes) {
    constexpr std::size_t most = 4096;  // libvterm copies it to the stack
    std::string joined;
    if (!cut_.empty() && !bytes.empty()) {
        const bool goes_on = (static_cast<unsigned char>(bytes.front()) & 0xc0) == 0x80;
        joined = (goes_on ? cut_ : "\xef\xbf\xbd") + std::string(bytes);  // else U+FFFD
        cut_.clear();
        bytes = joined;
    }
    while (!bytes.empty()) {
        std::size_t size = std::min(bytes.size(), most);
        const std::size_t tail = cut_at_end(bytes.substr(0, size));
        if (tail == bytes.size()) {
            cut_ = bytes;
            return;
        }
        size -= tail;
        sink_(bytes.substr(0, size));
        bytes.remove_prefix(size);
    }
}

std::string WholeCharacters::take_cut() { return std::exchange(cut_, {}); }

}  // namespace isag::terminal

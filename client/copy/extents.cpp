// SPDX-License-Identifier: Apache-2.0
#include "client/copy/extents.hpp"
#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <unistd.h>

namespace isag {
namespace {

constexpr std::size_t most_extents = 4096;

}  // namespace

std::vector<ArchiveExtent> extents_of(const UniqueFd& file, std::int64_t size) {
    std::vector<ArchiveExtent> out;
    for (std::int64_t at = 0; at < size;) {
        const std::int64_t begin = ::lseek(file.get(), at, SEEK_DATA);
        if (begin < 0 && errno != ENXIO) return {};  // this file system can't tell
        if (begin < 0 || begin >= size) break;
        const std::int64_t end = std::min<std::int64_t>(::lseek(file.get(), begin, SEEK_HOLE), size);
        if (end <= begin || out.size() == most_extents) return {};  // changes while we look, or is a sieve
        out.push_back({begin, end - begin});
        at = end;
    }
    if (out.size() == 1 && out[0].length == size) return {};
    if (out.empty() && size > 0) out.push_back({size, 0});  // one hole
    return out;
}

}  // namespace isag

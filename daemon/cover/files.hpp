// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/cover/holders.hpp"
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <sys/types.h>
#include <tuple>

namespace isag::cover {

// statx(2), with the mount's id; nothing where there is no such file any more. Throws Error.
std::optional<struct statx> look(int at, const std::string& name, int flags);

// The files that covers lie over, with all that is in folders; of a pin the folder alone.
class Files {
public:
    // The place outlives it. Throws Error where a file has another name.
    void add(const Place& place);
    // The path whose cover that open file goes around; none. `is_read_only`: the mount by which it was opened.
    const std::string* around(const struct statx& open, const std::function<bool()>& is_read_only) const;

private:
    using Key = std::tuple<std::uint32_t, std::uint32_t, std::uint64_t>;  // device and inode
    struct Found {
        const proto::cover::Cover* cover = nullptr;
        std::uint64_t mount = 0;  // of the path: by it everything is as it should be
    };
    static Key key_of(const struct statx& file);

    std::multimap<Key, Found> files_;
};

// Throws Error where anybody has one of those files open, or mapped, in a way that leads around its cover, or that
// can't be told.
void check_unopened(const Place& place, const UniqueFd& processes);

}  // namespace isag::cover

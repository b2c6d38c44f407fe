// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/cover/holders.hpp"
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <sys/types.h>
#include <tuple>

namespace isag::cover {

// statx(2), with the mount's id; nothing where there is no such file any more. Throws Error.
std::optional<struct statx> look(int at, const std::string& name, int flags);

// The files that covers lie over, with all that is in folders.
class Files {
public:
    // Throws Error where one of them has another name, or, if it is read-only now, is being written.
    void add(const Place& place, const UniqueFd& processes);
    // The path whose cover that open file goes around; none.
    const std::string* around(const struct statx& open, bool read_only) const;

private:
    using Key = std::tuple<std::uint32_t, std::uint32_t, std::uint64_t>;  // device and inode
    struct Found {
        const proto::cover::Cover* cover = nullptr;
        std::uint64_t mount = 0;  // of the path: by it everything is as it should be
    };
    static Key key_of(const struct statx& file);
    void add_tree(int at, const std::string& name, const Found& found, const UniqueFd& processes, std::uint64_t mount);

    std::map<Key, Found> files_;
};

}  // namespace isag::cover

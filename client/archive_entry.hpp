// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <sys/types.h>

namespace isag {

// What a tar archive says of one entry; from a sandbox nothing of it can be believed.
struct ArchiveEntry {
    enum class Type { file, folder, link, hard_link, other };
    Type type = Type::other;
    std::string name = {};     // any bytes
    std::string target = {};   // of a link, as it is
    mode_t mode = 0;           // twelve bits
    std::int64_t size = 0;     // bytes of a file's content
    std::int64_t seconds = 0;  // of its last change, since the epoch
    long nanoseconds = 0;
};

}  // namespace isag

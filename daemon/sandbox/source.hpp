// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include "common/unique_fd.hpp"
#include "daemon/sandbox/person.hpp"
#include <filesystem>
#include <sys/types.h>

namespace isag::sandbox {

// A host path that was opened without following a link that anybody but root could have made, and is held open: what is
// mounted later must be this very file (security.md F1).
struct Source {
    std::filesystem::path path;  // without links
    UniqueFd fd;                 // O_PATH
    dev_t device = 0;
    ino_t inode = 0;
    mode_t mode = 0;
    Ownership ownership() const { return {uid, gid, mode & 07777u}; }
    bool is_folder() const;
    bool is_file() const;
    uid_t uid = 0;
    gid_t gid = 0;
};

// Opens an absolute path. Links that root made in root's folders (/var/run, a linked /home) are followed; any other
// link on the way is a failure that names where it points. A missing path is a failure too.
Result<Source> open_source(const std::filesystem::path& path);

// Does it exist, seen without following a last link?
bool path_exists(const std::filesystem::path& path);

// Makes the folder and its missing parents below the deepest one that exists, none of them through a link; new ones
// belong to the person, mode 0755. Throws Error.
void make_folder(const std::filesystem::path& path, const Person& person);

}  // namespace isag::sandbox

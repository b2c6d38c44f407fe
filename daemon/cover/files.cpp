// SPDX-License-Identifier: Apache-2.0
#include "daemon/cover/files.hpp"
#include "common/error.hpp"
#include "daemon/cover/folder.hpp"
#include <cerrno>
#include <fcntl.h>
#include <sys/fsuid.h>
#include <unistd.h>

namespace isag::cover {
namespace {

using proto::cover::Kind;

constexpr std::size_t most_files = 200000;

// A lease for reading is not given where anybody has it open or mapped to write, and only to its owner (fcntl(2)).
void check_unwritten(int at, const std::string& name, uid_t owner, const UniqueFd& processes, const std::string& path) {
    constexpr int flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC;
    const std::string own = "self/fd/" + std::to_string(at);
    const UniqueFd file(name.empty() ? ::openat(processes.get(), own.c_str(), flags)
                                     : ::openat(at, name.c_str(), flags | O_NOFOLLOW));
    ::setfsuid(owner);
    const bool given = file && ::fcntl(file.get(), F_SETLEASE, F_RDLCK) == 0;
    const int error = errno;
    ::setfsuid(::geteuid());
    if (given) return;
    if (error == EAGAIN) throw Error("a file at " + path + " is being written");
    throw errno_error("it can't be told whether a file at " + path + " is being written", error);
}

}  // namespace

std::optional<struct statx> look(int at, const std::string& name, int flags) {
    struct statx seen {};
    if (::statx(at, name.c_str(), flags, STATX_BASIC_STATS | STATX_MNT_ID, &seen) != 0) {
        if (errno == ENOENT || errno == ESRCH) return std::nullopt;
        throw errno_error("cannot look at " + name, errno);
    }
    if ((seen.stx_mask & STATX_MNT_ID) == 0) throw Error("this kernel tells no mounts' ids");
    return seen;
}

Files::Key Files::key_of(const struct statx& file) { return {file.stx_dev_major, file.stx_dev_minor, file.stx_ino}; }

void Files::add(const Place& place, const UniqueFd& processes) {
    const auto below = look(place.below.get(), "", AT_EMPTY_PATH).value();
    const auto path = look(place.path.get(), "", AT_EMPTY_PATH).value();
    add_tree(place.below.get(), "", {&place.cover, path.stx_mnt_id}, processes, below.stx_mnt_id);
}

void Files::add_tree(int at, const std::string& name, const Found& found, const UniqueFd& processes,
                     std::uint64_t mount) {
    const std::string& path = found.cover->path;
    const auto seen = look(at, name, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW);
    if (!seen) throw Error("something changes at " + path);
    if (seen->stx_mnt_id != mount) return;  // another cover
    if (files_.size() >= most_files) throw Error("there are too many files at " + path);
    files_.emplace(key_of(*seen), found);
    if (S_ISREG(seen->stx_mode)) {
        if (seen->stx_nlink > 1) throw Error("a file at " + path + " has another name, too");
        if (found.cover->kind == Kind::read_only) check_unwritten(at, name, seen->stx_uid, processes, path);
    }
    if (!S_ISDIR(seen->stx_mode) || found.cover->kind == Kind::pin) return;
    const UniqueFd folder = open_folder(at, name.empty() ? "." : name);
    if (!folder) throw errno_error("cannot look into " + path, errno);
    for (const auto& child : names_in(folder)) add_tree(folder.get(), child, found, processes, mount);
}

const std::string* Files::around(const struct statx& open, bool read_only) const {
    const auto found = files_.find(key_of(open));
    if (found == files_.end()) return nullptr;
    const auto& [cover, mount] = found->second;
    if (cover->kind == Kind::read_only && read_only) return nullptr;
    if (cover->kind == Kind::pin && open.stx_mnt_id == mount) return nullptr;
    return &cover->path;
}

}  // namespace isag::cover

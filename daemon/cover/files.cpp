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
constexpr int deepest = 100;

// One file there: in which folder, its name, none where it is the folder itself, and what it is.
using Visit = std::function<void(int at, const std::string& name, const struct statx& file)>;

void walk_from(int at, const std::string& name, const Place& place, std::uint64_t mount, int depth,
               const Visit& visit) {
    const std::string& path = place.cover.path;
    const auto seen = look(at, name, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW);
    if (!seen) throw Error("something changes at " + path);
    if (seen->stx_mnt_id != mount) return;  // another cover
    if (depth == 0) throw Error("the folders at " + path + " are too deep");
    visit(at, name, *seen);
    if (!S_ISDIR(seen->stx_mode) || place.cover.kind == Kind::pin) return;
    const UniqueFd folder = open_folder(at, name.empty() ? "." : name);
    if (!folder) throw errno_error("cannot look into " + path, errno);
    for (const auto& child : names_in(folder)) walk_from(folder.get(), child, place, mount, depth - 1, visit);
}

void walk(const Place& place, const Visit& visit) {
    const auto below = look(place.below.get(), "", AT_EMPTY_PATH).value();
    walk_from(place.below.get(), "", place, below.stx_mnt_id, deepest, visit);
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

void Files::add(const Place& place) {
    const auto path = look(place.path.get(), "", AT_EMPTY_PATH).value();
    walk(place, [&](int, const std::string&, const struct statx& file) {
        if (files_.size() >= most_files) throw Error("there are too many files at " + place.cover.path);
        files_.emplace(key_of(file), Found{&place.cover, path.stx_mnt_id});
        // Package managers fill folders with links; one that hides may have them.
        const bool may_have_names = place.cover.kind == Kind::empty_folder || !S_ISREG(file.stx_mode);
        if (file.stx_nlink > 1 && !may_have_names)
            throw Error("a file at " + place.cover.path + " has another name, too");
    });
}

const std::string* Files::around(const struct statx& open, const std::function<bool()>& is_read_only) const {
    const std::string* held = nullptr;
    const auto [first, last] = files_.equal_range(key_of(open));
    for (auto at = first; at != last; ++at) {
        const auto& [cover, mount] = at->second;
        if (cover->kind == Kind::pin && open.stx_mnt_id == mount) return nullptr;
        if (cover->kind != Kind::read_only || !is_read_only()) held = &cover->path;
    }
    return held;
}

// Given only to the owner: a lease for reading where nobody has it open or mapped to write, one for writing where
// nobody else has it open or mapped at all (fcntl(2)). What is read-only may be read.
void check_unopened(const Place& place, const UniqueFd& processes) {
    const int lease = place.cover.kind == Kind::read_only ? F_RDLCK : F_WRLCK;
    walk(place, [&](int at, const std::string& name, const struct statx& seen) {
        if (!S_ISREG(seen.stx_mode)) return;
        constexpr int flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC;
        const std::string own = "self/fd/" + std::to_string(at);
        const UniqueFd file(name.empty() ? ::openat(processes.get(), own.c_str(), flags)
                                         : ::openat(at, name.c_str(), flags | O_NOFOLLOW));
        ::setfsuid(seen.stx_uid);
        const bool given = file && ::fcntl(file.get(), F_SETLEASE, lease) == 0;
        const int error = errno;
        ::setfsuid(::geteuid());
        if (given) return;
        if (error == EAGAIN) throw Error("somebody has a file at " + place.cover.path + " open");
        throw errno_error("it can't be told whether a file at " + place.cover.path + " is open", error);
    });
}

}  // namespace isag::cover

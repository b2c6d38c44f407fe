// SPDX-License-Identifier: Apache-2.0
#include "common/error.hpp"
#include "common/unique_fd.hpp"
#include "daemon/cover/holders.hpp"
#include "proto/cover.hpp"
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <fcntl.h>
#include <filesystem>
#include <linux/openat2.h>
#include <sched.h>
#include <string>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

namespace isag::cover {
namespace {

namespace fs = std::filesystem;
using proto::cover::Cover;
using proto::cover::Kind;

constexpr unsigned longest = 30;  // seconds

struct Laying {
    Cover cover;
    UniqueFd tree;  // what is laid over it; of one that is bound onto itself none, until it is seen
};

struct Work {
    std::vector<Laying> lay;
    std::vector<Cover> check;  // those too
};

UniqueFd clone_of(int folder, const std::string& path, const std::string& name) {
    UniqueFd tree(::open_tree(folder, path.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH));
    if (!tree) throw errno_error("cannot bind " + name, errno);
    return tree;
}

// The empty ones are seen in our own namespace only.
UniqueFd empty_tree(Kind kind) {
    if (kind == Kind::empty_file) return clone_of(AT_FDCWD, proto::cover::empty_file_path, "an empty file");
    if (kind == Kind::empty_folder) return clone_of(AT_FDCWD, proto::cover::empty_folder_path, "an empty folder");
    return {};
}

Work read_arguments(int count, char** texts) {
    Work work;
    bool lays = false;
    for (int i = 1; i < count; ++i) {
        const std::string text = texts[i];
        if (text == proto::cover::lay || text == proto::cover::check) {
            lays = text == proto::cover::lay;
            continue;
        }
        auto cover = proto::cover::from_text(text);
        if (!cover) throw Error("no such cover: " + text);
        work.check.push_back(*cover);
        if (lays) work.lay.push_back({*cover, empty_tree(cover->kind)});
    }
    return work;
}

// Root and working directory are that namespace's from then on (setns(2)); the processes' list is still ours.
UniqueFd join_sandbox() {
    UniqueFd processes(::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const UniqueFd mounts(::open("/proc/1/ns/mnt", O_RDONLY | O_CLOEXEC));
    if (!processes || !mounts || ::setns(mounts.get(), CLONE_NEWNS) != 0)
        throw errno_error("cannot enter the sandbox", errno);
    return processes;
}

// Whoever made a link since the cover was lost does not lead us elsewhere.
UniqueFd open_place(const std::string& path) {
    open_how how{};
    how.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
    how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    UniqueFd place(static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how)));
    if (!place) throw errno_error("cannot open " + path, errno);
    return place;
}

void check_kind(const UniqueFd& place, const Cover& cover) {
    struct stat info {};
    if (::fstat(place.get(), &info) != 0) throw errno_error("cannot look at " + cover.path, errno);
    const bool is_file = S_ISREG(info.st_mode);
    const bool is_folder = S_ISDIR(info.st_mode);
    const bool fits = cover.kind == Kind::empty_file     ? is_file
                      : cover.kind == Kind::empty_folder ? is_folder
                                                         : is_file || is_folder;
    if (!fits) throw Error(cover.path + " is of another kind now");
}

void lay(Laying& laying) {
    const std::string& path = laying.cover.path;
    const UniqueFd place = open_place(path);
    check_kind(place, laying.cover);
    if (!laying.tree) laying.tree = clone_of(place.get(), "", path);
    if (laying.cover.kind != Kind::pin) {
        mount_attr read_only{};
        read_only.attr_set = MOUNT_ATTR_RDONLY;
        if (::mount_setattr(laying.tree.get(), "", AT_EMPTY_PATH, &read_only, sizeof read_only) != 0)
            throw errno_error("cannot make " + path + " read-only", errno);
    }
    if (::move_mount(laying.tree.get(), "", place.get(), "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) != 0)
        throw errno_error("cannot cover " + path, errno);
}

// A bind of the folder that it is in shows what no mount in there covers.
Place place_of(const Cover& cover) {
    const fs::path path = cover.path;
    const UniqueFd folder = clone_of(open_place(path.parent_path()).get(), "", path.parent_path());
    UniqueFd below(::openat(folder.get(), path.filename().c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!below) throw errno_error("cannot open " + cover.path, errno);
    return {cover, std::move(below), open_place(cover.path)};
}

void check(const std::vector<Cover>& covers, const UniqueFd& processes) {
    std::vector<Place> places;
    for (const auto& cover : covers) places.push_back(place_of(cover));
    check_unheld(places, processes);
}

}  // namespace
}  // namespace isag::cover

// isag-cover lay COVER… check COVER…: in a container that shares a sandbox's processes' namespace, and may mount.
int main(int argc, char** argv) {
    int failure = 1;
    try {
        ::signal(SIGIO, SIG_IGN);  // whoever opens a file to write that we have a lease of
        ::alarm(isag::cover::longest);
        auto work = isag::cover::read_arguments(argc, argv);
        const auto processes = isag::cover::join_sandbox();
        for (auto& laying : work.lay) isag::cover::lay(laying);
        failure = isag::proto::cover::is_held;
        isag::cover::check(work.check, processes);
        return 0;
    } catch (const std::exception& error) {
        ::dprintf(2, "%s\n", error.what());
        return failure;
    }
}

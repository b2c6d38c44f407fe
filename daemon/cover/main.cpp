// SPDX-License-Identifier: Apache-2.0
#include "common/error.hpp"
#include "common/unique_fd.hpp"
#include "daemon/cover/holders.hpp"
#include "proto/cover.hpp"
#include <cerrno>
#include <cstdio>
#include <exception>
#include <fcntl.h>
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

using proto::cover::Cover;
using proto::cover::Kind;

struct Laying {
    Cover cover;
    UniqueFd tree;  // what is laid over it; of one that is bound onto itself none, until it is seen
};

UniqueFd clone_of(int folder, const char* path, const std::string& name) {
    UniqueFd tree(::open_tree(folder, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH));
    if (!tree) throw errno_error("cannot bind " + name, errno);
    return tree;
}

// The empty ones are seen in our own namespace only.
std::vector<Laying> prepare(int count, char** texts) {
    std::vector<Laying> out;
    for (int i = 0; i < count; ++i) {
        auto cover = proto::cover::from_text(texts[i]);
        if (!cover) throw Error(std::string("no such cover: ") + texts[i]);
        Laying laying{std::move(*cover), {}};
        if (laying.cover.kind == Kind::empty_file)
            laying.tree = clone_of(AT_FDCWD, proto::cover::empty_file_path, proto::cover::empty_file_path);
        if (laying.cover.kind == Kind::empty_folder)
            laying.tree = clone_of(AT_FDCWD, proto::cover::empty_folder_path, proto::cover::empty_folder_path);
        out.push_back(std::move(laying));
    }
    return out;
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
    const bool fits = cover.kind == Kind::empty_file     ? S_ISREG(info.st_mode)
                      : cover.kind == Kind::empty_folder ? S_ISDIR(info.st_mode)
                                                         : S_ISREG(info.st_mode) || S_ISDIR(info.st_mode);
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

// A cover of what can be written by other ways as well would be none. (Of what is hidden, what was seen was seen.)
void check(const Cover& cover, const UniqueFd& processes) {
    if (cover.kind == Kind::read_only || cover.kind == Kind::check)
        check_unheld(processes.get(), open_place(cover.path).get(), cover.path);
}

}  // namespace
}  // namespace isag::cover

// isag-cover COVER…: in a container that shares a sandbox's processes' namespace, and may mount.
int main(int argc, char** argv) {
    int failure = 1;
    try {
        auto all = isag::cover::prepare(argc - 1, argv + 1);
        const auto processes = isag::cover::join_sandbox();
        for (auto& laying : all)
            if (laying.cover.kind != isag::proto::cover::Kind::check) isag::cover::lay(laying);
        failure = isag::proto::cover::is_held;
        for (const auto& laying : all) isag::cover::check(laying.cover, processes);
        return 0;
    } catch (const std::exception& error) {
        ::dprintf(2, "%s\n", error.what());
        return failure;
    }
}

// SPDX-License-Identifier: Apache-2.0
#include "client/copy/host_place.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include "common/link_free_path.hpp"
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace isag {
namespace {

// By the working directory alone: resolving it here would follow what must not be followed.
std::filesystem::path as_absolute(const std::string& path) {
    std::error_code error;
    const auto here = std::filesystem::current_path(error);
    if (error && path[0] != '/')
        throw Error("cannot find the working directory: " + error.message(), "change to a folder that exists");
    return here / path;
}

bool is_folder(const UniqueFd& fd) {
    struct stat info {};
    return ::fstat(fd.get(), &info) == 0 && S_ISDIR(info.st_mode);
}

bool is_there(const UniqueFd& folder, const std::string& base) {
    struct stat info {};
    return ::fstatat(folder.get(), base.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0;
}

// A file or another link, too, is a place of its own, which is replaced: nothing else tells where a folder would be.
bool is_link_to_folder(const UniqueFd& parent, const std::string& base) {
    struct stat link {
    }, target{};
    return ::fstatat(parent.get(), base.c_str(), &link, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(link.st_mode) &&
           ::fstatat(parent.get(), base.c_str(), &target, 0) == 0 && S_ISDIR(target.st_mode);
}

Error cannot_open(const std::string& path, int error) {
    const std::string what = "cannot open " + escape_controls(path);
    if (error != ENOENT) return errno_error(what, error);
    return Error(what + ": there is no such file", "what is in a sandbox is named NAME:PATH");
}

// A link is refused with advice of its own.
LinkFreePath open_or_advise(const std::filesystem::path& path) {
    auto opened = open_link_free(path);
    if (opened) return std::move(*opened);
    const Failure& why = opened.error();
    throw Error(why.message,
                why.hint.empty() ? "may you enter each folder on the way? 'ls -ld' tells whose it is" : why.hint);
}

UniqueFd open_parent(const CopyName& name) {
    const auto path = as_absolute(name.folder);
    std::error_code error;
    if (std::filesystem::symlink_status(path, error).type() == std::filesystem::file_type::not_found)
        throw Error("there is no folder " + escape_controls(path.lexically_normal().string()),
                    "make it first, or name another one");
    UniqueFd folder = open_or_advise(path).fd;
    if (!is_folder(folder)) throw Error(escape_controls(name.folder) + " is no folder", "name one that is");
    return folder;
}

}  // namespace

HostDestination open_host_destination(const std::string& path) {
    const CopyName name = split_copy_path(path);
    auto whole = open_link_free(as_absolute(path));
    if (whole && is_folder(whole->fd)) return {CopyTarget::folder, std::move(whole->fd)};
    if (name.base.empty()) return {CopyTarget::folder, open_parent(name)};  // throws
    UniqueFd parent = open_parent(name);
    const auto target = is_there(parent, name.base) ? CopyTarget::file : CopyTarget::missing;
    if (target == CopyTarget::file && (name.must_be_folder || is_link_to_folder(parent, name.base)))
        whole.value();  // throws, naming what a link leads to
    return {target, std::move(parent)};
}

UniqueFd open_host_source(const std::string& path, bool follow) {
    const CopyName name = split_copy_path(path);
    if (follow) {
        UniqueFd fd(::open(path.c_str(), O_PATH | O_CLOEXEC));
        if (!fd) throw cannot_open(path, errno);
        return fd;
    }
    if (name.must_be_folder) {
        UniqueFd fd = open_or_advise(as_absolute(path)).fd;
        if (!is_folder(fd)) throw Error(escape_controls(path) + " is no folder", "leave out the slash behind it");
        return fd;
    }
    const UniqueFd parent = open_parent(name);
    UniqueFd fd(::openat(parent.get(), name.base.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!fd) throw cannot_open(path, errno);
    return fd;
}

}  // namespace isag

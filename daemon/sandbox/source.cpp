// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/source.hpp"
#include "common/link_free_path.hpp"
#include <cerrno>
#include <fcntl.h>
#include <list>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace isag::sandbox {
namespace fs = std::filesystem;

bool Source::is_folder() const { return S_ISDIR(mode); }
bool Source::is_file() const { return S_ISREG(mode); }

Result<Source> open_source(const fs::path& path) {
    auto opened = open_link_free(path);
    if (!opened) return opened.error();
    struct stat info {};
    ::fstat(opened->fd.get(), &info);
    Source source;
    source.path = std::move(opened->path);
    source.fd = std::move(opened->fd);
    source.device = info.st_dev;
    source.inode = info.st_ino;
    source.mode = info.st_mode;
    source.uid = info.st_uid;
    source.gid = info.st_gid;
    return source;
}

bool path_exists(const fs::path& path) {
    struct stat info {};
    return ::lstat(path.c_str(), &info) == 0;
}

void make_folder(const fs::path& path, const Person& person) {
    fs::path existing = path.lexically_normal();
    std::list<fs::path> missing;
    while (!path_exists(existing) && existing.has_relative_path()) {
        missing.push_front(existing.filename());
        existing = existing.parent_path();
    }
    Source folder = open_source(existing).value();
    for (const auto& name : missing) {
        if (::mkdirat(folder.fd.get(), name.c_str(), 0755) != 0 && errno != EEXIST)
            throw errno_error("cannot make the folder " + (folder.path / name).string(), errno);
        const UniqueFd made(::openat(folder.fd.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!made) throw errno_error("cannot open the folder " + (folder.path / name).string(), errno);
        if (::fchmod(made.get(), 0755) != 0)
            throw errno_error("cannot open up the folder " + (folder.path / name).string(), errno);
        if (::geteuid() == 0 && ::fchown(made.get(), person.uid, person.gid) != 0)
            throw errno_error("cannot give away the folder " + (folder.path / name).string(), errno);
        folder = open_source(folder.path / name).value();
    }
}

}  // namespace isag::sandbox

// SPDX-License-Identifier: Apache-2.0
#include "daemon/cover/folder.hpp"
#include "common/error.hpp"
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <unistd.h>

namespace isag::cover {
namespace {

struct Closer {
    void operator()(DIR* folder) const { ::closedir(folder); }
};

}  // namespace

UniqueFd open_folder(int at, const std::string& name) {
    return UniqueFd(::openat(at, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

std::vector<std::string> names_in(const UniqueFd& folder) {
    UniqueFd copy(::dup(folder.get()));
    const std::unique_ptr<DIR, Closer> list(copy ? ::fdopendir(copy.get()) : nullptr);
    if (!list) throw errno_error("cannot list a folder", errno);
    static_cast<void>(copy.release());
    std::vector<std::string> out;
    for (;;) {
        errno = 0;
        const dirent* const entry = ::readdir(list.get());
        if (!entry) break;
        const std::string name = entry->d_name;
        if (name != "." && name != "..") out.push_back(name);
    }
    if (errno != 0 && errno != ENOENT && errno != ESRCH) throw errno_error("cannot list a folder", errno);
    return out;
}

}  // namespace isag::cover

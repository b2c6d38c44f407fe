// SPDX-License-Identifier: Apache-2.0
#include "common/link_free_path.hpp"
#include "common/escape.hpp"
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <list>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace isag {
namespace fs = std::filesystem;
namespace {

constexpr int max_links = 40;  // as the kernel's own limit (path_resolution(7))

std::string shown(const fs::path& path) { return escape_controls(path.native()); }

struct stat stat_of(const UniqueFd& fd) {
    struct stat info {};
    ::fstat(fd.get(), &info);
    return info;
}

std::string link_target(const UniqueFd& link) {
    char target[PATH_MAX];
    const ssize_t n = ::readlinkat(link.get(), "", target, sizeof target);
    return n > 0 ? std::string(target, static_cast<std::size_t>(n)) : std::string();
}

// Only root can have made or replaced a link that root owns in a folder that root alone can write.
bool made_by_root(const struct stat& folder, const struct stat& link) {
    return link.st_uid == 0 && folder.st_uid == 0 && (folder.st_mode & 022) == 0;
}

class LinkFreeWalk {
public:
    explicit LinkFreeWalk(const fs::path& path) : asked_(path) { push(path.lexically_normal().relative_path()); }

    Result<LinkFreePath> run() {
        open_root();
        while (!rest_.empty()) {
            const std::string part = rest_.front();
            rest_.pop_front();
            if (auto failure = step(part)) return *failure;
        }
        return LinkFreePath{path_, std::move(fd_)};
    }

private:
    void open_root() {
        fd_ = UniqueFd(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
        path_ = "/";
    }

    void push(const fs::path& relative) {
        std::list<std::string> parts;
        for (const auto& part : relative)
            if (!part.empty() && part != ".") parts.push_back(part.string());
        rest_.splice(rest_.begin(), parts);
    }

    std::optional<Failure> step(const std::string& part) {
        UniqueFd next(::openat(fd_.get(), part.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
        if (!next) return errno_failure(shown(path_ / part), errno);
        const auto info = stat_of(next);
        if (S_ISLNK(info.st_mode)) return follow(part, next, info);
        if (part == "..")
            path_ = path_.parent_path();
        else
            path_ /= part;
        fd_ = std::move(next);
        return std::nullopt;
    }

    std::optional<Failure> follow(const std::string& part, const UniqueFd& link, const struct stat& info) {
        const fs::path target = link_target(link);
        if (!made_by_root(stat_of(fd_), info))
            return Failure{shown(path_ / part) + " is a symbolic link to " + shown(target),
                           "name the place itself: isag follows no link, since an agent could have changed it"};
        if (++links_ > max_links || target.empty()) return Failure{shown(asked_) + ": too many symbolic links"};
        if (target.is_absolute()) open_root();
        push(target.relative_path());
        return std::nullopt;
    }

    fs::path asked_;
    fs::path path_;
    UniqueFd fd_;
    std::list<std::string> rest_;
    int links_ = 0;
};

}  // namespace

Result<LinkFreePath> open_link_free(const fs::path& path) { return LinkFreeWalk(path).run(); }

}  // namespace isag

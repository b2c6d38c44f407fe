// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/source.hpp"
#include <algorithm>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <list>
#include <sys/stat.h>
#include <unistd.h>

namespace isag::sandbox {
namespace fs = std::filesystem;
namespace {

constexpr int max_links = 40;  // as the kernel's own limit (path_resolution(7))

struct Stat {
    struct stat info {};
    explicit Stat(const UniqueFd& fd) { ::fstat(fd.get(), &info); }
};

std::string link_target(const UniqueFd& link) {
    char target[PATH_MAX];
    const ssize_t n = ::readlinkat(link.get(), "", target, sizeof target);
    return n > 0 ? std::string(target, static_cast<std::size_t>(n)) : std::string();
}

// Only root can have made or replaced a link that root owns in a folder that root alone can write.
bool made_by_root(const Stat& folder, const Stat& link) {
    return link.info.st_uid == 0 && folder.info.st_uid == 0 && (folder.info.st_mode & 022) == 0;
}

class Walk {
public:
    explicit Walk(const fs::path& path) : asked_(path) { push(path.lexically_normal().relative_path()); }

    Result<Source> run() {
        open_root();
        while (!rest_.empty()) {
            const std::string part = rest_.front();
            rest_.pop_front();
            if (auto failure = step(part)) return *failure;
        }
        const Stat last(fd_);
        Source source;
        source.path = path_;
        source.fd = std::move(fd_);
        source.device = last.info.st_dev;
        source.inode = last.info.st_ino;
        source.mode = last.info.st_mode;
        source.uid = last.info.st_uid;
        source.gid = last.info.st_gid;
        return source;
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
        if (!next) return errno_failure((path_ / part).string(), errno);
        const Stat info(next);
        if (S_ISLNK(info.info.st_mode)) return follow(part, next, info);
        if (part == "..")
            path_ = path_.parent_path();
        else
            path_ /= part;
        fd_ = std::move(next);
        return std::nullopt;
    }

    std::optional<Failure> follow(const std::string& part, const UniqueFd& link, const Stat& info) {
        const fs::path target = link_target(link);
        if (!made_by_root(Stat(fd_), info))
            return Failure{(path_ / part).string() + " is a symbolic link to " + target.string(),
                           "name the place itself: isag follows no link, since an agent could have changed it"};
        if (++links_ > max_links || target.empty()) return Failure{asked_.string() + ": too many symbolic links"};
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

bool Source::is_folder() const { return S_ISDIR(mode); }
bool Source::is_file() const { return S_ISREG(mode); }

Result<Source> open_source(const fs::path& path) { return Walk(path).run(); }

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

// SPDX-License-Identifier: Apache-2.0
#include "common/directories.hpp"
#include "common/error.hpp"
#include <cerrno>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace isag {
namespace fs = std::filesystem;
namespace {

fs::path home_of(const Environment& environment, uid_t uid) {
    if (const auto home = find(environment, "HOME"); home && home->starts_with('/')) return *home;
    if (const passwd* entry = ::getpwuid(uid)) return entry->pw_dir;
    return "/";
}

// XDG: a variable that is unset, empty or relative counts as not given.
fs::path xdg(const Environment& environment, const char* name, const fs::path& fallback) {
    const auto value = find(environment, name);
    return (value && value->starts_with('/') ? fs::path(*value) : fallback) / "isag";
}

fs::path runtime_of(const Environment& environment, uid_t uid) {
    if (const auto value = find(environment, "XDG_RUNTIME_DIR"); value && value->starts_with('/'))
        return fs::path(*value) / "isag";
    const fs::path login = fs::path("/run/user") / std::to_string(uid);
    struct stat info {};
    if (::lstat(login.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == uid) return login / "isag";
    if (uid == 0) return "/run/isag";
    return "/tmp/isag-" + std::to_string(uid);
}

}  // namespace

Directories find_directories(const Environment& environment, uid_t uid) {
    const fs::path home = home_of(environment, uid);
    return {
        .home = home,
        .runtime = runtime_of(environment, uid),
        .state = xdg(environment, "XDG_STATE_HOME", home / ".local/state"),
        .cache = xdg(environment, "XDG_CACHE_HOME", home / ".cache"),
        .config = xdg(environment, "XDG_CONFIG_HOME", home / ".config"),
    };
}

void make_private_directory(const fs::path& path) {
    std::error_code ignored;
    fs::create_directories(path.parent_path(), ignored);
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
        throw errno_error("cannot make the folder " + path.string(), errno);
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0) throw errno_error("cannot look at " + path.string(), errno);
    if (!S_ISDIR(info.st_mode)) throw Error(path.string() + " is not a folder", "remove it and try again");
    if (info.st_uid != ::geteuid())
        throw Error(path.string() + " belongs to another user",
                    "remove it, or set XDG_RUNTIME_DIR to a folder of yours");
    if ((info.st_mode & 077) != 0)
        throw Error(path.string() + " can be entered by other users", "chmod 700 " + path.string());
}

}  // namespace isag

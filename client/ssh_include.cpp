// SPDX-License-Identifier: Apache-2.0
#include "client/ssh_include.hpp"
#include "common/error.hpp"
#include "common/file.hpp"
#include <cerrno>
#include <sys/stat.h>
#include <unistd.h>

namespace isag {
namespace fs = std::filesystem;
namespace {

// Where the line begins; npos.
std::size_t find_line(std::string_view text, std::string_view line) {
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        auto found = text.substr(begin, end - begin);
        if (found.ends_with('\r')) found.remove_suffix(1);
        if (found == line) return begin;
        begin = end + 1;
    }
    return std::string_view::npos;
}

fs::path personal_config(const fs::path& home) { return home / ".ssh/config"; }

// The file that is meant, a link followed; as named where there is none. Throws Error where it is not the person's.
fs::path checked_config(const fs::path& home) {
    const fs::path named = personal_config(home);
    struct stat info {};
    if (::lstat(named.c_str(), &info) != 0) {
        if (errno == ENOENT) return named;
        throw errno_error("cannot look at " + named.string(), errno);
    }
    std::error_code error;
    const fs::path meant = fs::canonical(named, error);
    if (error) throw Error(named.string() + " leads nowhere", "repair the link, or remove it");
    if (::stat(meant.c_str(), &info) != 0) throw errno_error("cannot look at " + meant.string(), errno);
    if (!S_ISREG(info.st_mode) || info.st_uid != ::geteuid())
        throw Error(meant.string() + " is no file of yours", "add the line that 'isag ssh-config' names by hand");
    return meant;
}

}  // namespace

std::string include_line(const fs::path& included) { return "Include \"" + included.string() + "\""; }

bool has_line(std::string_view text, std::string_view line) { return find_line(text, line) != std::string_view::npos; }

std::string with_line(std::string_view text, std::string_view line) {
    if (has_line(text, line)) return std::string(text);
    return std::string(line) + "\n" + std::string(text);
}

std::string without_line(std::string_view text, std::string_view line) {
    std::string out(text);
    for (std::size_t at = 0; (at = find_line(out, line)) != std::string::npos;) {
        const std::size_t end = out.find('\n', at);
        out.erase(at, end == std::string::npos ? end : end + 1 - at);
    }
    return out;
}

std::string read_ssh_config(const fs::path& home) {
    const fs::path file = checked_config(home);
    struct stat info {};
    if (::lstat(file.c_str(), &info) != 0) return {};
    return read_file(file).value();
}

void write_ssh_config(const fs::path& home, std::string_view text) {
    const fs::path file = checked_config(home);
    struct stat info {};
    const bool exists = ::stat(file.c_str(), &info) == 0;
    const fs::path folder = personal_config(home).parent_path();
    if (!exists && ::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        throw errno_error("cannot make " + folder.string(), errno);
    write_file(file, text, exists ? info.st_mode & 07777 : 0600);
}

}  // namespace isag

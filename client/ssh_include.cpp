// SPDX-License-Identifier: Apache-2.0
#include "client/ssh_include.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include "common/file.hpp"
#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
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

// As isag wrote it before, and as it has to be for a path with a space.
std::string quoted_line(const fs::path& included) { return "Include \"" + included.string() + "\""; }

// Without quotes, for ssh(1) as for those who read its files more simply.
bool is_plain(const std::string& path) {
    constexpr std::string_view others = "/._-+@:,=";
    return std::all_of(path.begin(), path.end(), [&](unsigned char c) {
        return std::isalnum(c) != 0 || c >= 0x80 || others.find(static_cast<char>(c)) != std::string_view::npos;
    });
}

// Where either form of the line begins; npos.
std::size_t find_include(std::string_view text, const fs::path& included) {
    return std::min(find_line(text, include_line(included)), find_line(text, quoted_line(included)));
}

std::size_t end_of_line(std::string_view text, std::size_t begin) {
    const std::size_t end = text.find('\n', begin);
    return end == std::string_view::npos ? text.size() : end + 1;
}

// The file that is meant, a link followed; as named where there is none. Throws Error where it is no file.
fs::path meant_config(const fs::path& home) {
    const fs::path named = personal_config(home);
    struct stat info {};
    if (::lstat(named.c_str(), &info) != 0) {
        if (errno == ENOENT) return named;
        throw errno_error("cannot look at " + escape_controls(named.string()), errno);
    }
    std::error_code error;
    const fs::path meant = fs::canonical(named, error);
    if (error) throw Error(escape_controls(named.string()) + " leads nowhere", "repair the link, or remove it");
    if (::stat(meant.c_str(), &info) != 0)
        throw errno_error("cannot look at " + escape_controls(meant.string()), errno);
    if (!S_ISREG(info.st_mode)) throw Error(escape_controls(meant.string()) + " is no file");
    return meant;
}

// In whose folder another one takes its place.
void check_folder(const fs::path& folder) {
    if (::access(folder.c_str(), W_OK) != 0 && errno != ENOENT)
        throw Error("cannot write in " + escape_controls(folder.string()) + ": " + std::strerror(errno),
                    "is it yours? 'chmod u+w' makes it writable then");
}

}  // namespace

std::string include_line(const fs::path& included) {
    return is_plain(included.string()) ? "Include " + included.string() : quoted_line(included);
}

bool has_include(std::string_view text, const fs::path& included) {
    return find_include(text, included) != std::string_view::npos;
}

std::string with_include(std::string_view text, const fs::path& included) {
    const std::string line = include_line(included);
    if (find_line(text, line) != std::string_view::npos) return std::string(text);
    const std::string quoted = quoted_line(included);
    const std::size_t at = find_line(text, quoted);
    if (at == std::string_view::npos) return line + "\n" + std::string(text);
    return std::string(text).replace(at, quoted.size(), line);
}

std::string without_include(std::string_view text, const fs::path& included) {
    std::string out(text);
    for (std::size_t at = 0; (at = find_include(out, included)) != std::string::npos;)
        out.erase(at, end_of_line(out, at) - at);
    return out;
}

std::string read_ssh_config(const fs::path& home) {
    const fs::path file = meant_config(home);
    struct stat info {};
    if (::lstat(file.c_str(), &info) != 0) return {};
    return read_file(file).value();
}

void write_ssh_config(const fs::path& home, std::string_view text) {
    const fs::path file = meant_config(home);
    struct stat info {};
    const bool exists = ::stat(file.c_str(), &info) == 0;
    if (exists && info.st_uid != ::geteuid()) throw Error(escape_controls(file.string()) + " is no file of yours");
    check_folder(file.parent_path());
    const fs::path folder = personal_config(home).parent_path();
    if (!exists && ::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        throw errno_error("cannot make " + escape_controls(folder.string()), errno);
    write_file(file, text, exists ? info.st_mode & 07777 : 0600);
}

}  // namespace isag

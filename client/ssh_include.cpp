// SPDX-License-Identifier: Apache-2.0
#include "client/ssh_include.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include "common/file.hpp"
#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace isag {
namespace fs = std::filesystem;
namespace {

// A line of the text, without what ends it.
struct Line {
    std::size_t begin = 0;
    std::string_view text;
};

std::vector<Line> lines_of(std::string_view text) {
    std::vector<Line> out;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        auto line = text.substr(begin, end - begin);
        if (line.ends_with('\r')) line.remove_suffix(1);
        out.push_back({begin, line});
        begin = end + 1;
    }
    return out;
}

constexpr std::string_view blanks = " \t\f";

// The next word of a line, which may be in quotes.
std::string take_word(std::string_view& line, std::string_view between = blanks) {
    line.remove_prefix(std::min(line.find_first_not_of(between), line.size()));
    const bool is_quoted = line.starts_with('"');
    if (is_quoted) line.remove_prefix(1);
    const std::size_t end = std::min(is_quoted ? line.find('"') : line.find_first_of(between), line.size());
    std::string word(line.substr(0, end));
    line.remove_prefix(std::min(end + (is_quoted ? 1 : 0), line.size()));
    return word;
}

std::string lower(std::string word) {
    std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return std::tolower(c); });
    return word;
}

// A line's first word and what separates it from the next, as ssh_config(5) has it: "Host a", "Host=a" and "Host = a"
// are the same.
std::string take_keyword(std::string_view& line) {
    const std::string word = lower(take_word(line, " \t\f="));
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
    if (line.starts_with('=')) line.remove_prefix(1);
    return word;
}

// The file that a line of ~/.ssh/config includes, and nothing else with it; empty for any other line.
fs::path included_by(std::string_view line, const fs::path& home) {
    if (take_keyword(line) != "include") return {};
    const std::string path = take_word(line);
    const std::string next = take_word(line);
    if (path.empty() || !(next.empty() || next.starts_with('#'))) return {};
    if (path.starts_with("~/")) return (home / path.substr(2)).lexically_normal();
    return (home / ".ssh" / path).lexically_normal();  // an absolute path is what it is
}

// Whether what follows this line applies to every host; nothing where it begins no block.
std::optional<bool> begins_block_for_all(std::string_view line) {
    const std::string keyword = take_keyword(line);
    if (keyword != "host" && keyword != "match") return std::nullopt;
    const std::string first = lower(take_word(line));
    return first == (keyword == "host" ? "*" : "all") && take_word(line).empty();
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

struct Found {
    Line line;
    bool is_for_all = true;  // no Host or Match before it keeps it from some of the hosts
};

// Each place where the line is, however it is written.
std::vector<Found> find_includes(std::string_view text, const fs::path& included, const fs::path& home) {
    const fs::path wanted = included.lexically_normal();
    std::vector<Found> out;
    bool is_for_all = true;
    for (const auto& line : lines_of(text)) {
        is_for_all = begins_block_for_all(line.text).value_or(is_for_all);
        if (included_by(line.text, home) == wanted) out.push_back({line, is_for_all});
    }
    return out;
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

bool has_include(std::string_view text, const fs::path& included, const fs::path& home) {
    const auto found = find_includes(text, included, home);
    return std::any_of(found.begin(), found.end(), [](const Found& one) { return one.is_for_all; });
}

std::string with_include(std::string_view text, const fs::path& included, const fs::path& home) {
    const std::string line = include_line(included);
    for (const auto& found : find_includes(text, included, home)) {
        if (!found.is_for_all) continue;
        std::string out(text);
        if (found.line.text == quoted_line(included)) out.replace(found.line.begin, found.line.text.size(), line);
        return out;
    }
    return line + "\n" + without_include(text, included, home);
}

std::string without_include(std::string_view text, const fs::path& included, const fs::path& home) {
    std::string out(text);
    const auto found = find_includes(text, included, home);
    for (auto it = found.rbegin(); it != found.rend(); ++it)
        out.erase(it->line.begin, end_of_line(out, it->line.begin) - it->line.begin);
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
    if (text.empty() && !fs::is_symlink(personal_config(home))) {
        if (exists && ::unlink(file.c_str()) != 0)
            throw errno_error("cannot remove " + escape_controls(file.string()), errno);
        return;
    }
    const fs::path folder = personal_config(home).parent_path();
    if (!exists && ::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        throw errno_error("cannot make " + escape_controls(folder.string()), errno);
    write_file(file, text, exists ? info.st_mode & 07777 : 0600);
}

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

// What isagd tells isag-cover by its arguments: lay COVER… check COVER…, each KIND:PATH. It lays the former, and looks
// whether the sandbox could go on as if either were not there. It ends with 0, or says on stderr what is wrong, and
// ends with is_held where all are laid and only that is so.
namespace isag::proto::cover {

inline constexpr const char* program_path = "/isag-cover";  // in its container
inline constexpr const char* empty_file_path = "/empty-file";
inline constexpr const char* empty_folder_path = "/empty-folder";

inline constexpr const char* lay = "lay";
inline constexpr const char* check = "check";
inline constexpr int is_held = 3;

enum class Kind {
    empty_file,    // hides a file
    empty_folder,  // hides a folder
    read_only,     // keeps from being written: bound onto itself, read-only
    pin,           // keeps a folder on the way to one of those from being renamed: bound onto itself
};
inline constexpr std::array<std::pair<Kind, std::string_view>, 4> kinds{{{Kind::empty_file, "empty-file"},
                                                                         {Kind::empty_folder, "empty-folder"},
                                                                         {Kind::read_only, "read-only"},
                                                                         {Kind::pin, "pin"}}};

// What lies over a path of the sandbox.
struct Cover {
    Kind kind = Kind::read_only;
    std::string path;  // absolute, as the sandbox names it
    bool operator==(const Cover&) const = default;
};

inline std::string to_text(const Cover& cover) {
    for (const auto& [kind, name] : kinds)
        if (kind == cover.kind) return std::string(name) + ":" + cover.path;
    return {};
}

// Nothing where it is none.
inline std::optional<Cover> from_text(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == text.npos || text.substr(colon + 1, 1) != "/") return std::nullopt;
    for (const auto& [kind, name] : kinds)
        if (name == text.substr(0, colon)) return Cover{kind, std::string(text.substr(colon + 1))};
    return std::nullopt;
}

}  // namespace isag::proto::cover

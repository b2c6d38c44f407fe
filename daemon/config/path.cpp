// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/path.hpp"
#include "common/escape.hpp"
#include "daemon/config/rules.hpp"
#include <algorithm>
#include <optional>

namespace isag::config {
namespace {

constexpr std::string_view name_characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

// Takes what follows a '$' off `text`: $ or a variable's name, with or without braces.
Result<std::string> take_variable(std::string_view& text, const Environment& environment) {
    if (text.starts_with('$')) {
        text.remove_prefix(1);
        return "$";
    }
    const bool braces = text.starts_with('{');
    if (braces) text.remove_prefix(1);
    const std::size_t end = std::min(text.find_first_not_of(name_characters), text.size());
    const std::string name(text.substr(0, end));
    text.remove_prefix(end);
    if (!is_environment_name(name) || (braces && !text.starts_with('}')))
        return Failure{"a $ that starts no variable; allowed: $NAME, ${NAME}, or $$ for a dollar sign"};
    if (braces) text.remove_prefix(1);
    const auto value = isag::find(environment, name);
    if (!value) return Failure{"the variable " + name + " is not set"};
    return *value;
}

std::filesystem::path without_slash(const std::filesystem::path& path) {
    return path.has_filename() || path == path.root_path() ? path : path.parent_path();
}

}  // namespace

Result<std::string> expand(std::string_view text, const Environment& environment) {
    std::string out;
    if (text.starts_with('~')) {
        text.remove_prefix(1);
        if (!text.empty() && text.front() != '/')
            return Failure{"~ stands for your own home only; allowed: ~ or ~/…, and ./~… for a file of that name"};
        out = isag::find(environment, "HOME").value_or("");
        if (out.empty()) return Failure{"~ means the variable HOME, which is not set"};
    }
    while (!text.empty()) {
        const std::size_t plain = std::min(text.find('$'), text.size());
        out += text.substr(0, plain);
        text.remove_prefix(plain);
        if (text.empty()) break;
        text.remove_prefix(1);
        const auto value = take_variable(text, environment);
        if (!value) return value.error();
        out += *value;
    }
    return out;
}

Result<std::filesystem::path> host_path(std::string_view text, const std::filesystem::path& base,
                                        const Environment& environment) {
    const auto expanded = expand(text, environment);
    if (!expanded) return expanded.error();
    if (expanded->empty()) return Failure{"an empty path"};
    if (expanded->size() > 4095) return Failure{"a path of more than 4095 bytes"};
    if (find_control(*expanded) != std::string::npos) return Failure{"a path with a control character or not in UTF-8"};
    return without_slash((base / *expanded).lexically_normal());
}

Result<std::filesystem::path> container_path(std::string_view text) {
    const std::filesystem::path path(text);
    const bool upwards = std::any_of(path.begin(), path.end(), [](const auto& part) { return part == ".."; });
    const auto normal = without_slash(path.lexically_normal());
    if (!path.is_absolute() || upwards || normal == "/" || text.starts_with("//"))
        return Failure{"the container path must be absolute, without .., and not /"};
    return normal;
}

std::string escape_path(const std::filesystem::path& path) {
    std::string out;
    for (const char c : path.string()) out += c == '$' ? "$$" : std::string(1, c);
    return out;
}

}  // namespace isag::config

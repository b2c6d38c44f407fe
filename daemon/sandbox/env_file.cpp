// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/env_file.hpp"
#include "common/file.hpp"
#include "daemon/sandbox/source.hpp"
#include <cctype>

namespace isag::sandbox {
namespace {

constexpr std::size_t max_size = 64 << 10;

std::string_view trim(std::string_view text) {
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
    return text;
}

bool is_name(std::string_view name) {
    if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0]))) return false;
    for (const char c : name)
        if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_') return false;
    return true;
}

// Read by the loader (ld.so(8)), the C library or the shell before a program's first line.
bool changes_loading(std::string_view name) {
    return name.starts_with("LD_") || name == "GLIBC_TUNABLES" || name == "GCONV_PATH" || name == "BASH_ENV";
}

std::string_view unquote(std::string_view value) {
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.front() == value.back())
        return value.substr(1, value.size() - 2);
    return value;
}

}  // namespace

Result<Environment> parse_env_file(std::string_view text, const std::string& name) {
    Environment out;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t newline = text.find('\n');
        std::string_view line = trim(text.substr(0, newline));
        text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
        if (line.empty() || line[0] == '#') continue;
        if (line.starts_with("export ")) line = trim(line.substr(7));
        const std::size_t equals = line.find('=');
        const std::string_view variable = trim(line.substr(0, equals));
        const std::string where = name + ":" + std::to_string(number) + ": ";
        if (equals == std::string_view::npos || !is_name(variable) || line.find('\0') != std::string_view::npos)
            return Failure{where + "not of the form NAME=VALUE"};  // never the text itself: it may hold a secret
        if (changes_loading(variable))
            return Failure{where + std::string(variable) + " is refused: it changes how every program is loaded",
                           "put it under env: in isag.yaml if you mean it"};
        out[std::string(variable)] = std::string(unquote(trim(line.substr(equals + 1))));
    }
    return out;
}

Result<Environment> read_env_file(const std::filesystem::path& path, uid_t owner) {
    auto source = open_source(path);
    if (!source) return source.error();
    if (!source->is_file()) return Failure{path.string() + " is not a regular file"};
    if (source->uid != owner) return Failure{path.string() + " does not belong to you"};
    const auto text = read_file(path_of(source->fd.get()), max_size);
    if (!text) return Failure{path.string() + ": it can't be read, or is larger than 64 KiB"};
    return parse_env_file(*text, path.string());
}

}  // namespace isag::sandbox

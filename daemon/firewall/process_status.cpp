// SPDX-License-Identifier: Apache-2.0
#include "daemon/firewall/process_status.hpp"
#include "common/file.hpp"
#include <charconv>
#include <cstdint>
#include <sstream>
#include <string>

namespace isag::firewall {
namespace {

// The first number of the line that begins with the key.
std::optional<std::int64_t> number_of(std::string_view text, std::string_view key) {
    auto at = text.starts_with(key) ? 0 : text.find("\n" + std::string(key));
    if (at == std::string_view::npos) return std::nullopt;
    at += key.size() + (at == 0 && text.starts_with(key) ? 0 : 1);
    while (at < text.size() && (text[at] == '\t' || text[at] == ' ')) ++at;
    std::int64_t value = 0;
    const auto read = std::from_chars(text.data() + at, text.data() + text.size(), value);
    const bool ends = read.ptr != text.data() + text.size() && (*read.ptr == '\n' || *read.ptr == '\t');
    if (read.ec != std::errc() || !ends) return std::nullopt;
    return value;
}

}  // namespace

std::optional<ProcessStatus> parse_process_status(std::string_view text) {
    const auto parent = number_of(text, "PPid:");
    const auto uid = number_of(text, "Uid:");
    if (!parent || !uid || *parent < 0 || *uid < 0) return std::nullopt;
    return ProcessStatus{static_cast<pid_t>(*parent), static_cast<uid_t>(*uid)};
}

std::optional<ProcessStatus> process_status(pid_t pid) {
    const auto text = read_file("/proc/" + std::to_string(pid) + "/status");
    if (!text) return std::nullopt;
    return parse_process_status(*text);
}

bool is_root_inside(std::string_view uid_map, uid_t uid) {
    std::istringstream lines{std::string(uid_map)};
    for (std::uint64_t inside = 0, outside = 0, count = 0; lines >> inside >> outside >> count;)
        if (uid >= outside && uid < outside + count) return inside + (uid - outside) == 0;
    return false;
}

}  // namespace isag::firewall

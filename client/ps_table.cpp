// SPDX-License-Identifier: Apache-2.0
#include "client/ps_table.hpp"
#include "client/columns.hpp"
#include "client/exit_status.hpp"
#include "common/escape.hpp"
#include <algorithm>
#include <array>
#include <cstdio>

namespace isag {
namespace {

std::string one_decimal(double value, const char* unit) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f%s", value, unit);
    return text;
}

std::string status_of(const proto::SandboxInfo& s, std::int64_t now) {
    if (!s.exit) return escape_controls(s.status);
    return "exited (" + std::to_string(exit_status(*s.exit)) + ") " + short_duration(now - s.ended.value_or(now)) +
           " ago";
}

}  // namespace

std::vector<std::string> ps_header() { return {"NAME", "AGENT", "STATUS", "UP", "CPU", "MEM", "BLOCKED", "PROJECT"}; }

std::vector<std::string> ps_row(const proto::SandboxInfo& s, std::int64_t now) {
    if (s.exit)
        return {escape_controls(s.name),
                escape_controls(s.agent),
                status_of(s, now),
                short_duration(s.ended.value_or(now) - s.started),
                "",
                "",
                "",
                escape_controls(s.project)};
    return {escape_controls(s.name),         escape_controls(s.agent),        status_of(s, now),
            short_duration(now - s.started), one_decimal(s.cpu_percent, "%"), short_size(s.memory),
            std::to_string(s.blocked),       escape_controls(s.project)};
}

std::string short_duration(std::int64_t seconds) {
    seconds = std::max<std::int64_t>(seconds, 0);
    const auto two = [](std::int64_t big, const char* big_unit, std::int64_t small, const char* small_unit) {
        return std::to_string(big) + big_unit + (small > 0 ? std::to_string(small) + small_unit : "");
    };
    if (seconds < 60) return std::to_string(seconds) + "s";
    if (seconds < 3600) return std::to_string(seconds / 60) + "m";
    if (seconds < 86400) return two(seconds / 3600, "h", seconds % 3600 / 60, "m");
    return two(seconds / 86400, "d", seconds % 86400 / 3600, "h");
}

std::string short_size(std::int64_t bytes) {
    constexpr std::array units{"KiB", "MiB", "GiB", "TiB"};
    if (bytes < 1024) return std::to_string(std::max<std::int64_t>(bytes, 0)) + "B";
    double value = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    while (value >= 1023.95 && unit + 1 < units.size()) {
        value /= 1024;
        ++unit;
    }
    return one_decimal(value, units[unit]);
}

std::string ps_table(const std::vector<proto::SandboxInfo>& sandboxes, std::int64_t now) {
    std::vector<std::vector<std::string>> rows{ps_header()};
    for (const auto& sandbox : sandboxes) rows.push_back(ps_row(sandbox, now));
    return columns(rows);
}

}  // namespace isag

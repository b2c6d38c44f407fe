// SPDX-License-Identifier: Apache-2.0
#include "client/ps_table.hpp"
#include "common/escape.hpp"
#include <algorithm>
#include <array>
#include <cstdio>

namespace isag {
namespace {

constexpr std::size_t columns = 8;
using Row = std::array<std::string, columns>;

std::size_t width_of(const std::string& text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string one_decimal(double value, const char* unit) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f%s", value, unit);
    return text;
}

Row row_of(const proto::SandboxInfo& s, std::int64_t now) {
    return {escape_controls(s.name),         escape_controls(s.agent),        escape_controls(s.status),
            short_duration(now - s.started), one_decimal(s.cpu_percent, "%"), short_size(s.memory),
            std::to_string(s.blocked),       escape_controls(s.project)};
}

}  // namespace

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
    std::vector<Row> rows{{"NAME", "AGENT", "STATUS", "UP", "CPU", "MEM", "BLOCKED", "PROJECT"}};
    for (const auto& sandbox : sandboxes) rows.push_back(row_of(sandbox, now));
    std::array<std::size_t, columns> widths{};
    for (const auto& row : rows)
        for (std::size_t i = 0; i < columns; ++i) widths[i] = std::max(widths[i], width_of(row[i]));
    std::string out;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i + 1 < columns; ++i)
            out += row[i] + std::string(widths[i] - width_of(row[i]) + 2, ' ');
        out += row.back() + "\n";
    }
    return out;
}

}  // namespace isag

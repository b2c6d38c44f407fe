// SPDX-License-Identifier: Apache-2.0
#include "client/top_view.hpp"
#include "client/columns.hpp"
#include "client/ps_table.hpp"
#include "common/escape.hpp"
#include <algorithm>
#include <cstdio>
#include <sstream>

namespace isag {
namespace {

struct Line {
    proto::SandboxInfo sandbox;
    double cpu_percent = 0;  // of one core
    double received = 0;     // bytes a second
    double sent = 0;
};

// The same one in the other sample; one that is new there has taken nothing.
const proto::SandboxInfo& earlier(const TopSample& before, const proto::SandboxInfo& sandbox) {
    const auto found = std::find_if(before.sandboxes.begin(), before.sandboxes.end(), [&](const auto& other) {
        return other.name == sandbox.name && other.started == sandbox.started;
    });
    return found == before.sandboxes.end() ? sandbox : *found;
}

Line line_of(const proto::SandboxInfo& before, proto::SandboxInfo sandbox, double seconds) {
    const auto rate = [&](std::int64_t from, std::int64_t to) {
        return seconds > 0 ? static_cast<double>(std::max<std::int64_t>(to - from, 0)) / seconds : 0;
    };
    constexpr double percent = 1e4;  // microseconds a second
    return {sandbox, rate(before.cpu_time, sandbox.cpu_time) / percent,
            rate(before.bytes_received, sandbox.bytes_received), rate(before.bytes_sent, sandbox.bytes_sent)};
}

std::string per_second(double bytes) { return short_size(static_cast<std::int64_t>(bytes)) + "/s"; }

std::vector<std::string> row_of(const Line& line, std::int64_t now) {
    const auto& s = line.sandbox;
    char cpu[32];
    std::snprintf(cpu, sizeof cpu, "%.1f%%", line.cpu_percent);
    return {escape_controls(s.name),
            escape_controls(s.agent),
            escape_controls(s.status),
            short_duration(now - s.started),
            cpu,
            short_size(s.memory),
            per_second(line.received),
            per_second(line.sent),
            std::to_string(s.blocked),
            escape_controls(s.project)};
}

}  // namespace

std::string top_table(const TopSample& before, const TopSample& after, std::int64_t now) {
    const double seconds = std::chrono::duration<double>(after.time - before.time).count();
    std::vector<Line> lines;
    for (const auto& sandbox : after.sandboxes) lines.push_back(line_of(earlier(before, sandbox), sandbox, seconds));
    std::stable_sort(lines.begin(), lines.end(),
                     [](const Line& a, const Line& b) { return a.cpu_percent > b.cpu_percent; });
    std::vector<std::vector<std::string>> rows{
        {"NAME", "AGENT", "STATUS", "UP", "CPU", "MEM", "RECEIVED", "SENT", "BLOCKED", "PROJECT"}};
    for (const auto& line : lines) rows.push_back(row_of(line, now));
    return columns(rows);
}

std::string top_screen(const std::string& text, const proto::TerminalSize& size) {
    std::string out = "\x1b[H";
    std::istringstream lines(text);
    std::int64_t row = 0;
    for (std::string line; row < size.rows && std::getline(lines, line); ++row)
        // The last column stays free: some terminals wrap there.
        out += (row > 0 ? "\r\n" : "") + first_characters(line, static_cast<std::size_t>(size.columns) - 1) + "\x1b[K";
    return out + "\x1b[J";
}

}  // namespace isag

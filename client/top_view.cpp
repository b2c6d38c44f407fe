// SPDX-License-Identifier: Apache-2.0
#include "client/top_view.hpp"
#include "client/columns.hpp"
#include "client/ps_table.hpp"
#include <algorithm>
#include <sstream>
#include <utility>

namespace isag {
namespace {

// The same one in the other sample; one that is new there has taken nothing.
const proto::SandboxInfo& earlier(const TopSample& before, const proto::SandboxInfo& sandbox) {
    const auto found = std::find_if(before.sandboxes.begin(), before.sandboxes.end(), [&](const auto& other) {
        return other.name == sandbox.name && other.started == sandbox.started;
    });
    return found == before.sandboxes.end() ? sandbox : *found;
}

double seconds_between(const TopSample& before, const TopSample& after) {
    return std::chrono::duration<double>(after.time - before.time).count();
}

std::int64_t per_second(std::int64_t before, std::int64_t after, double seconds) {
    return seconds > 0
               ? static_cast<std::int64_t>(static_cast<double>(std::max<std::int64_t>(after - before, 0)) / seconds)
               : 0;
}

// isag ps's, with what was taken in those seconds.
std::vector<std::string> row_of(const proto::SandboxInfo& before, const proto::SandboxInfo& sandbox, double seconds,
                                std::int64_t now) {
    auto row = ps_row(sandbox, now);
    row.insert(row.begin() + traffic_cell,
               {short_size(per_second(before.bytes_received, sandbox.bytes_received, seconds)) + "/s",
                short_size(per_second(before.bytes_sent, sandbox.bytes_sent, seconds)) + "/s"});
    return row;
}

}  // namespace

std::vector<proto::SandboxInfo> top_rows(const TopSample& before, const TopSample& after) {
    const double seconds = seconds_between(before, after);
    auto sandboxes = after.sandboxes;
    for (auto& sandbox : sandboxes)
        sandbox.cpu_percent =
            static_cast<double>(per_second(earlier(before, sandbox).cpu_time, sandbox.cpu_time, seconds)) / 1e4;
    std::stable_sort(sandboxes.begin(), sandboxes.end(),
                     [](const auto& a, const auto& b) { return a.cpu_percent > b.cpu_percent; });
    return sandboxes;
}

std::string top_table(const TopSample& before, const TopSample& after, std::int64_t now) {
    const double seconds = seconds_between(before, after);
    auto header = ps_header();
    header.insert(header.begin() + traffic_cell, {"RECEIVED", "SENT"});
    std::vector<std::vector<std::string>> rows{std::move(header)};
    for (const auto& sandbox : top_rows(before, after))
        rows.push_back(row_of(earlier(before, sandbox), sandbox, seconds, now));
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

// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/usage.hpp"
#include "common/file.hpp"
#include "daemon/sandbox/control_groups.hpp"
#include <sstream>
#include <string>
#include <unistd.h>

namespace isag::sandbox {
namespace {

std::int64_t whole(const std::optional<double>& value) { return static_cast<std::int64_t>(value.value_or(0)); }

std::int64_t value_of(const ControlGroups& groups, const std::string& controller, const char* file,
                      const std::string& key = {}) {
    const auto folders = groups.folders(controller);
    return folders.empty() ? 0 : whole(number_in(folders.front() / file, key));
}

Usage usage_in(const ControlGroups& groups) {
    if (groups.is_first_version("memory")) {
        constexpr std::int64_t nanoseconds = 1000;
        return {value_of(groups, "memory", "memory.usage_in_bytes"),
                value_of(groups, "cpuacct", "cpuacct.usage") / nanoseconds};
    }
    return {value_of(groups, "", "memory.current"), value_of(groups, "", "cpu.stat", "usage_usec")};
}

}  // namespace

// Two lines of heads, then a line an interface: "eth0: " and 16 numbers, the first bytes received, the ninth sent.
Traffic traffic_in(std::string_view text) {
    Traffic out;
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        const auto colon = line.find(':');
        if (colon == std::string::npos) continue;
        std::istringstream name(line.substr(0, colon)), numbers(line.substr(colon + 1));
        std::string interface;
        name >> interface;
        if (interface == "lo") continue;
        std::int64_t received = 0, sent = 0;
        numbers >> received;
        for (int i = 1; i <= 8; ++i) numbers >> sent;
        if (!numbers) continue;
        out.received += received;
        out.sent += sent;
    }
    return out;
}

Usage usage_of(pid_t pid) {
    Usage out;
    const auto groups = control_groups_of(pid);
    // A group of its own is what the engine could not make.
    if (groups != control_groups_of(::getpid())) out = usage_in(groups);
    if (const auto devices = read_file("/proc/" + std::to_string(pid) + "/net/dev")) out.traffic = traffic_in(*devices);
    return out;
}

}  // namespace isag::sandbox

// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/usage.hpp"
#include "common/file.hpp"
#include <cstdlib>
#include <map>
#include <sstream>
#include <string>

namespace isag::sandbox {
namespace {

// /proc/PID/cgroup: a path by controller; version 2 has the empty name.
std::map<std::string, std::string> groups_of(pid_t pid) {
    std::map<std::string, std::string> out;
    const auto text = read_file("/proc/" + std::to_string(pid) + "/cgroup");
    if (!text) return out;
    std::istringstream in(*text);
    for (std::string line; std::getline(in, line);) {
        const auto first = line.find(':');
        const auto second = line.find(':', first + 1);
        if (second == std::string::npos) continue;
        std::istringstream controllers(line.substr(first + 1, second - first - 1));
        const std::string path = line.substr(second + 1);
        if (second == first + 1) out[""] = path;
        for (std::string name; std::getline(controllers, name, ',');) out[name] = path;
    }
    return out;
}

std::int64_t number_in(const std::string& path, const std::string& key = {}) {
    const auto text = read_file(path);
    if (!text) return 0;
    const auto at = key.empty() ? 0 : text->find(key + " ");
    if (at == std::string::npos) return 0;
    return std::strtoll(text->c_str() + at + (key.empty() ? 0 : key.size() + 1), nullptr, 10);
}

}  // namespace

Usage usage_of(pid_t pid) {
    auto groups = groups_of(pid);
    if (groups.contains("memory")) {
        constexpr std::int64_t nanoseconds = 1000;
        return {number_in("/sys/fs/cgroup/memory" + groups["memory"] + "/memory.usage_in_bytes"),
                number_in("/sys/fs/cgroup/cpuacct" + groups["cpuacct"] + "/cpuacct.usage") / nanoseconds};
    }
    const std::string folder = "/sys/fs/cgroup" + groups[""];
    return {number_in(folder + "/memory.current"), number_in(folder + "/cpu.stat", "usage_usec")};
}

}  // namespace isag::sandbox

// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/usage.hpp"
#include "daemon/sandbox/control_groups.hpp"
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

}  // namespace

Usage usage_of(pid_t pid) {
    const auto groups = control_groups_of(pid);
    if (groups == control_groups_of(::getpid())) return {};  // a group of its own is what the engine could not make
    if (groups.is_first_version("memory")) {
        constexpr std::int64_t nanoseconds = 1000;
        return {value_of(groups, "memory", "memory.usage_in_bytes"),
                value_of(groups, "cpuacct", "cpuacct.usage") / nanoseconds};
    }
    return {value_of(groups, "", "memory.current"), value_of(groups, "", "cpu.stat", "usage_usec")};
}

}  // namespace isag::sandbox

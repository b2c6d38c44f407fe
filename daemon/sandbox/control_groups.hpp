// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace isag::sandbox {

// The control groups that a process is in (cgroups(7)): version 1, 2, or both side by side.
class ControlGroups {
public:
    // `text` is /proc/PID/cgroup; `root` is where the hierarchies are mounted.
    explicit ControlGroups(std::string_view text, std::filesystem::path root = "/sys/fs/cgroup");

    // Is this controller one of version 1?
    bool is_first_version(const std::string& controller) const { return groups_.contains(controller); }
    // The folder of the group that this controller rules, and of each one above it, up to the hierarchy's own.
    std::vector<std::filesystem::path> folders(const std::string& controller) const;
    bool operator==(const ControlGroups&) const = default;

private:
    std::filesystem::path root_;
    std::map<std::string, std::string> groups_;  // path by controller; version 2 has the empty name
};

// Of a process that runs; in no group where that can't be read.
ControlGroups control_groups_of(pid_t pid);

// A number in one of a group's files; nothing where there is none, or "max". With a key: of the line "key number".
std::optional<double> number_in(const std::filesystem::path& file, const std::string& key = {});

}  // namespace isag::sandbox

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace isag::sandbox {

// One line of /proc/PID/mountinfo (proc(5)).
struct MountPoint {
    std::string path;
    bool read_only = false;
    std::string root;  // what of the file system is seen there
};
std::vector<MountPoint> parse_mountinfo(std::string_view text);

// What is seen at that path: the last one that was mounted there; none.
const MountPoint* find_mount(const std::vector<MountPoint>& mounts, const std::string& path);

}  // namespace isag::sandbox

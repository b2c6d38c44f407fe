// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string_view>
#include <sys/types.h>

namespace isag::firewall {

// Who a process is, by /proc/PID/status (proc(5)), which anybody may read.
struct ProcessStatus {
    pid_t parent = 0;
    uid_t uid = 0;  // the real one
};
// Nothing where a line is missing or says something else. Pure.
std::optional<ProcessStatus> parse_process_status(std::string_view text);

// Nothing where there is no such process.
std::optional<ProcessStatus> process_status(pid_t pid);

// Is this user of ours uid 0 inside, by the text of /proc/PID/uid_map (user_namespaces(7)) of a process there? Pure.
bool is_root_inside(std::string_view uid_map, uid_t uid);

}  // namespace isag::firewall

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include "daemon/sandbox/plan.hpp"
#include "daemon/sandbox/survey.hpp"
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace isag::sandbox {

// The lines of /proc/PID/status (proc(5)) that say what a process may do.
struct ProcessRights {
    std::vector<std::int64_t> uids, gids;             // real, effective, saved, file system
    std::optional<std::vector<std::int64_t>> groups;  // none: not seen
    bool any_capability = true;
    bool no_new_privileges = false;
    std::int64_t seccomp = 0;
};
ProcessRights parse_status(std::string_view text);

// What is wrong with a process that shall be the agent's; nothing where it is as S1 of security.md wants it.
std::optional<Failure> check_rights(const ProcessRights& rights, const Person& agent);

// Looks at a container's first process from outside (security.md S3, F1), before anything runs in it: its rights, its
// namespaces (that of the network has to be the gate's, by its inode), that each planned mount is there, read-only
// where planned, and is the file that was opened, or, where nothing was opened, that the host has there now. Throws
// Error where anything differs or can't be seen.
void verify_container(pid_t pid, const Plan& plan, const std::vector<SurveyedMount>& sources,
                      std::int64_t network_namespace);

}  // namespace isag::sandbox

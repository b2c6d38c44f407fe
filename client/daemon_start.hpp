// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/context.hpp"
#include "common/error.hpp"
#include "common/unique_fd.hpp"
#include <filesystem>
#include <optional>
#include <string>

namespace isag {

// isagd was started, and does not serve: it may have been ended meanwhile.
struct DaemonNotStarted : Error {
    using Error::Error;
};

// Starts isagd (by systemd where its unit is installed and a user manager runs, else detached and no child of ours) and
// returns a socket connected to it. Of several clients that start one at the same time, one does and the others use it.
// Throws Error, and DaemonNotStarted with the end of the daemon's log.
UniqueFd start_daemon(const Context& context);

// What shows the log of the isagd that start_daemon() starts: a file, or the command that prints systemd's.
std::string daemon_log(const Environment& environment, const Directories& directories);

// The user unit of isagd, where one is installed; own_folder is where the isag program is.
std::optional<std::filesystem::path> find_unit(const Environment& environment, const Directories& directories,
                                               const std::filesystem::path& own_folder);

// The isagd program: beside isag, then in ../bin, then in PATH.
std::optional<std::filesystem::path> find_daemon(const Environment& environment,
                                                 const std::filesystem::path& own_folder);

}  // namespace isag

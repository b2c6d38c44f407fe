// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

namespace isag {

// What isag cp runs in a sandbox: sh with a script, and the paths as its arguments. All that links lead to there is
// inside, too.

// Exit statuses of the scripts that are no program's.
inline constexpr int script_found_kernels = 96;  // proc(5), sysfs(5) and the like: tar would send zeros
inline constexpr int script_found_no_tar = 97;
inline constexpr int script_found_nothing = 98;

// Writes a tar archive with that path as its one top entry ("./base", or "." for the folder itself) to stdout.
std::vector<std::string> sending_command(const std::string& folder, const std::string& base, bool follow);

// Says in a line what the path is: "folder", "file", "missing" (its folder is there) or "nowhere"; reads one, "into" or
// "beside", and unpacks the tar archive that follows there.
std::vector<std::string> receiving_command(const std::string& folder, const std::string& base);

// Removes that file, a path below the folder.
std::vector<std::string> removing_command(const std::string& folder, const std::string& path);

// Any bytes as UTF-8 text (a message's strings have to be) that printf(1)'s %b turns back into them.
std::string escaped_for_printf(const std::string& bytes);

}  // namespace isag

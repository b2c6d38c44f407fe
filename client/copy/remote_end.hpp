// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/copy/place.hpp"
#include "client/copy/progress.hpp"
#include "client/copy/remote_program.hpp"
#include "common/error.hpp"
#include <chrono>
#include <string>

namespace isag {

// For a tar that nothing more is wanted of to come to its end, its pipe read; one that takes longer was put there by
// the agent.
inline constexpr std::chrono::seconds ending_limit{5};

// There is no file, folder or link; `instead` is a command that passes on what it gives.
Error nothing_to_copy(const std::string& place, const std::string& instead);

// Waits for the end of one of the scripts, passes on what it said, and throws Error where it did not do its work. A
// file that changed while tar read it is told of and no more.
void check_copy_end(RemoteProgram& program, const CopyPlace& place, CopyProgress& progress);

}  // namespace isag

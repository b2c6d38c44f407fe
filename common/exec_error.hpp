// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/environment.hpp"
#include "common/error.hpp"
#include <string>

namespace isag {

// The Error for a command that execvp(3) could not run in this environment: "<what>: <strerror>", of kind not_found or
// not_executable. A command that is nowhere in PATH is not found, even where a folder of PATH can't be searched: for
// that execvp itself says "permission denied".
Error exec_error(const std::string& what, const std::string& command, const Environment& environment, int number);

}  // namespace isag

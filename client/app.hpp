// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

namespace isag {

// The whole of isag for the arguments after argv[0]; returns the exit status. Errors are printed here and nowhere else.
int run_client(const std::vector<std::string>& arguments);

}  // namespace isag

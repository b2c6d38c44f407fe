// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/directories.hpp"
#include "common/environment.hpp"

namespace isag {

// What every command is given.
struct Context {
    Environment environment;
    Directories directories;
    bool verbose = false;
    bool quiet = false;  // errors alone on stderr, no notes
};

}  // namespace isag

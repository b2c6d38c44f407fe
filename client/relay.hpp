// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"

namespace isag {

// Connects stdin and stdout to a stream socket: each direction until its end, which is passed on. Returns when both are
// done, or the other end is gone. Throws Error.
void relay(UniqueFd socket);

}  // namespace isag

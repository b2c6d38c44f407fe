// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include "proto/api.hpp"

namespace isag::init {

struct Terminal {
    UniqueFd master;
    UniqueFd slave;
};

// A new pseudo-terminal of this mount namespace, of that size, both ends close-on-exec and nobody's controlling
// terminal. Throws Error.
Terminal open_terminal(const proto::TerminalSize& size);

}  // namespace isag::init

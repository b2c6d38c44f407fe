// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include <optional>
#include <sys/types.h>

namespace isag::api {

// Why the process at the other end of the socket is not to be served (security.md D1): it is another user's, or lives
// in a container (another pid or user namespace than ours), even with our uid. What can't be seen is refused.
std::optional<Failure> check_peer(pid_t pid, uid_t uid);

}  // namespace isag::api

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include <filesystem>
#include <optional>

namespace isag {

// A stream socket connected to that path; nothing where nobody listens there. Throws Error for any other reason, which
// with SOCK_NONBLOCK may be that too many others wait there.
std::optional<UniqueFd> dial(const std::filesystem::path& path, int flags = 0);

// The other end's process id (SO_PEERCRED). Throws Error where it is another user's.
long check_peer(const UniqueFd& socket);

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include <string>

// unix(7) stream sockets by their path in this mount namespace, with this process's rights. Close-on-exec,
// non-blocking.
namespace isag::init {

// Throws Error, of kind not_found where nobody listens there.
UniqueFd connect_to(const std::string& path);

// A new socket file, mode 0600. Throws Error where there is a file already, and where none can be made.
UniqueFd listen_at(const std::string& path);

}  // namespace isag::init

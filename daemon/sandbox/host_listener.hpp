// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include "proto/endpoint.hpp"
#include <string>
#include <vector>

namespace isag::sandbox {

// A port of this host that leads into a sandbox, and the sockets that listen there.
struct HostListener {
    proto::Forward forward;  // with the port that it got
    std::vector<UniqueFd> sockets;
};

// Who holds a port that this process holds, for who does not know which sandbox's it is.
inline constexpr const char* some_sandbox = "another sandbox, or for the same one twice ('isag ports' tells)";

// Listens at `forward.listen` with TCP: an address of this host, or, without one, 127.0.0.1 and (where this host has
// IPv6) ::1 with the same port; port 0 is any. Throws Error; where the port is taken it names who holds it, as far as
// that can be told: `we` where it is this process.
HostListener listen_on_host(proto::Forward forward, const std::string& we = some_sandbox);

}  // namespace isag::sandbox

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/api/daemon.hpp"
#include "daemon/sandbox/listeners.hpp"
#include "proto/endpoint.hpp"
#include <optional>
#include <string>
#include <vector>

// Who has a port that somebody else wants, in the words of an error.
namespace isag::api {

// Whose 'isag run -p' has that port of this machine, where isagd holds it: "the sandbox web (isag run -p)".
std::string publisher_of(const Daemon& daemon, std::int64_t port);

// What listens in the sandbox, as sandbox_listeners() has it.
std::vector<sandbox::HeldListener> inner_listeners(sandbox::Sandbox& sandbox);

// Of a port inside: "node", or the client whose forward it is: "another 'isag ssh -R', …".
// Nothing where it can't be told. Pure.
std::optional<std::string> inner_port_holder(const std::vector<sandbox::HeldListener>& listeners,
                                             const std::vector<proto::Forward>& forwards, std::int64_t port);

}  // namespace isag::api

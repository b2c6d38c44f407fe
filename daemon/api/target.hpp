// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/api/daemon.hpp"
#include "proto/net.hpp"
#include <memory>
#include <optional>
#include <string>
#include <vector>

// Which sandbox a request is about (cli.md): by name or unique prefix, else the one of a configuration.
namespace isag::api {

using SandboxPtr = std::shared_ptr<sandbox::Sandbox>;

// The place of the one record of that isag.yaml; nothing where there is none. Throws Error where there are several,
// which names them.
std::optional<std::size_t> only_one_of(const std::vector<sandbox::Record>& records, const std::string& config);

// By its full name, or a prefix that no other one has. Throws Error where none runs: the full name of one that has
// ended is no prefix of another's.
SandboxPtr running_named(Daemon& daemon, const std::string& name);

// Nothing where no name was given and none of the configuration runs. Throws Error where there is no such name, or
// several sandboxes fit.
SandboxPtr find_target(Daemon& daemon, const proto::Target& target);

// The same; none is an Error too, which says how to start one.
SandboxPtr target_of(Daemon& daemon, const proto::Target& target);

}  // namespace isag::api

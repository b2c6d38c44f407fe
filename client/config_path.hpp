// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/cli.hpp"
#include "client/context.hpp"
#include "proto/api.hpp"
#include <string>

namespace isag {

// -c FILE, the same for every command that takes it.
Option config_option();

// The path as the daemon sees it: absolute by the physical working directory, "." and ".." folded where no link is
// stepped over.
std::string absolute_path(const std::string& path);

proto::ConfigSource config_source(const Context& context, const Arguments& arguments);

}  // namespace isag

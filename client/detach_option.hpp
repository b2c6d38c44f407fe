// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/cli.hpp"
#include "proto/api.hpp"

namespace isag {

// --detach-keys, the same for every command that connects the terminal to a sandbox's.
Option detach_keys_option();

// Where it was given, its keys instead of the session's. Throws Error of kind usage.
void take_detach_keys(const Arguments& arguments, proto::Session& session);

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/config/load.hpp"
#include "proto/api.hpp"

namespace isag::api {

// Reads and parses the isag.yaml that a client names. Throws Error where it can't be read.
config::LoadResult parse_config(const proto::ConfigSource& source);

// The same, with everything that is wrong with the file as one Error.
config::Config load_config(const proto::ConfigSource& source);

}  // namespace isag::api

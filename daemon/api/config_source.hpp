// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/config/load.hpp"
#include "proto/api.hpp"
#include <string>
#include <vector>

namespace isag::api {

// An isag.yaml that was read once: what counts is these bytes, whatever becomes of the file (security.md F4).
struct ReadConfig {
    std::string text;
    config::Config config;
    std::vector<config::Finding> findings;
};

// Reads and parses the file that a client names. Throws Error where it can't be read.
ReadConfig read_config(const proto::ConfigSource& source);

// The same, with everything that is wrong with the file as one Error.
ReadConfig load_config(const proto::ConfigSource& source);

}  // namespace isag::api

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/config/config.hpp"
#include <filesystem>
#include <string_view>

namespace isag::api {

// The folder that holds what a config's sandboxes are made from, for people to read:
// <cache>/<name of the yaml's folder>_<12 hex digits of the SHA-256 of its absolute path>.
std::filesystem::path artifacts_folder(const std::filesystem::path& cache, const std::filesystem::path& config_file);

// Makes the folder and writes what the config alone decides: applied.yaml (the file as it was read), domains.txt (what
// the network is limited to) and meta.json (config, project, time). Throws Error.
std::filesystem::path write_artifacts(const std::filesystem::path& cache, const config::Config& config,
                                      std::string_view yaml);

}  // namespace isag::api

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/config/load.hpp"
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace isag::config {

// isagd.yaml: how one person's isagd works. Every key is optional, and so is the file.
struct DaemonSettings {
    std::string engine = "auto";         // as engine::find_candidates() takes it
    std::optional<std::string> network;  // an engine network that gates have as their uplink; none: isag's own
    std::int64_t keep_finished = 86400;  // seconds for which a sandbox that has ended is remembered, with its log
    bool operator==(const DaemonSettings&) const = default;
};

struct DaemonSettingsResult {
    DaemonSettings settings;  // meaningful only without findings
    std::vector<Finding> findings;
};

// Pure, as parse().
DaemonSettingsResult parse_daemon_settings(std::string_view text);

// Reads the file; defaults where there is none. Throws Error with all that is wrong.
DaemonSettings load_daemon_settings(const std::filesystem::path& file);

}  // namespace isag::config

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/environment.hpp"
#include "common/error.hpp"
#include "daemon/config/config.hpp"
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace isag::config {

// One thing that is wrong with a file. `message` says what was found, what is allowed, and the nearest known key.
struct Finding {
    std::int64_t line = 0;  // from 1; 0 where no line can be named
    std::int64_t column = 0;
    std::string key;  // full name, "container.python"; empty for the file as a whole
    std::string message;

    // "isag.yaml:3:11: container.python: …"
    std::string text(const std::filesystem::path& file) const;
};

struct LoadResult {
    Config config;                  // meaningful only without findings
    std::vector<Finding> findings;  // everything that is wrong, in the file's order; beyond 100 only how many more
};

// Reads isag.yaml text (pure: touches no disk). `file` is its absolute path, which relative paths start from;
// `environment` is what ~ (by HOME) and $VAR expand from.
LoadResult parse(std::string_view text, const std::filesystem::path& file, const Environment& environment);

// All findings as one Error, a line each.
Error findings_error(const std::vector<Finding>& findings, const std::filesystem::path& file);

// The effective config with defaults and resolved paths, as YAML that parse() reads back to the same value, and as
// JSON.
std::string to_yaml(const Config& config);
std::string to_json(const Config& config);

}  // namespace isag::config

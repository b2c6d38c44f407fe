// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/config/load.hpp"
#include <string>
#include <string_view>
#include <vector>

namespace isag::config {

// What every test reads files with: the file /srv/demo/isag.yaml of a person whose home is /home/ann.
inline const std::filesystem::path test_file = "/srv/demo/isag.yaml";

inline const Environment& test_environment() {
    static const Environment environment = {{"HOME", "/home/ann"}, {"DATA", "/data/sets"}, {"EMPTY", ""}};
    return environment;
}

inline LoadResult read(std::string_view yaml) { return parse(yaml, test_file, test_environment()); }

// The findings as a person sees them, a line each; empty where all is well.
inline std::string lines(const std::vector<Finding>& findings) {
    std::string out;
    for (const auto& finding : findings) out += (out.empty() ? "" : "\n") + finding.text("isag.yaml");
    return out;
}

}  // namespace isag::config

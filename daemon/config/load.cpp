// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/load.hpp"
#include "common/escape.hpp"
#include "daemon/config/keys.hpp"
#include "daemon/config/read_yaml.hpp"
#include <algorithm>
#include <tuple>

namespace isag::config {

LoadResult parse(std::string_view text, const std::filesystem::path& file, const Environment& environment) {
    LoadResult result;
    result.config = default_config();
    result.config.file = file;
    Document document = read_yaml(text);
    if (!document.findings.empty()) {
        result.findings = std::move(document.findings);
        return result;
    }
    Reading reading{environment, file.parent_path(), {}};
    all_keys().each_name([&](const std::string& name) { reading.known_keys.push_back(name); });
    all_keys().read(Spot(document.root, "", reading), result.config);
    result.findings = std::move(reading.findings);
    std::stable_sort(result.findings.begin(), result.findings.end(), [](const Finding& a, const Finding& b) {
        return std::tie(a.line, a.column) < std::tie(b.line, b.column);
    });
    if (const std::size_t count = result.findings.size(); count > most_findings) {
        result.findings.resize(most_findings);
        result.findings.push_back({0, 0, "", "and " + std::to_string(count - most_findings) + " more"});
    }
    return result;
}

std::string Finding::text(const std::filesystem::path& file) const {
    std::string place = escape_controls(file.string());
    if (line > 0) place += ":" + std::to_string(line) + ":" + std::to_string(column);
    if (!key.empty()) place += ": " + escape_controls(key);
    return place + ": " + escape_controls(message);
}

Error findings_error(const std::vector<Finding>& findings, const std::filesystem::path& file) {
    std::string lines;
    for (const auto& finding : findings) lines += (lines.empty() ? "" : "\n") + finding.text(file);
    return Error(std::move(lines), "correct the file; `isag config check` reads it without starting anything");
}

}  // namespace isag::config

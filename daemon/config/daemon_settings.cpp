// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/daemon_settings.hpp"
#include "common/file.hpp"
#include "daemon/config/read_yaml.hpp"
#include "daemon/config/rules.hpp"
#include "daemon/config/section.hpp"
#include "daemon/config/values.hpp"
#include <sys/stat.h>

namespace isag::config {
namespace {

constexpr std::size_t largest_file = 1 << 20;

// Where it leads, and why not by tcp://, is said where the engine is looked for.
bool is_engine(std::string_view text) {
    return text == "auto" || text == "podman" || text.starts_with("unix:///") || text.starts_with("tcp://");
}

Section<DaemonSettings> settings_keys() {
    return {{
        key({"engine"}, &DaemonSettings::engine, Text{"auto, podman or unix:///…", is_engine}),
        key({"network"}, &DaemonSettings::network,
            OrNull<Text>{{"an existing engine network's name, or null for isag's own", is_network_name}}),
        key({"keep_finished"}, &DaemonSettings::keep_finished, Duration{}),
    }};
}

}  // namespace

DaemonSettingsResult parse_daemon_settings(std::string_view text) {
    DaemonSettingsResult result;
    Document document = read_yaml(text);
    if (!document.findings.empty()) {
        result.findings = std::move(document.findings);
        return result;
    }
    const auto keys = settings_keys();
    const Environment none;
    Reading reading{none, "/", {}};
    keys.each_name([&](const std::string& name) { reading.known_keys.push_back(name); });
    keys.read(Spot(document.root, "", reading), result.settings);
    result.findings = std::move(reading.findings);
    return result;
}

DaemonSettings load_daemon_settings(const std::filesystem::path& file) {
    struct stat info {};
    if (::stat(file.c_str(), &info) != 0 && errno == ENOENT) return {};
    auto result = parse_daemon_settings(read_file(file, largest_file).value());
    if (result.findings.empty()) return std::move(result.settings);
    std::string lines;
    for (const auto& finding : result.findings) lines += (lines.empty() ? "" : "\n") + finding.text(file);
    throw Error(std::move(lines), "correct the file and start isagd again");
}

}  // namespace isag::config

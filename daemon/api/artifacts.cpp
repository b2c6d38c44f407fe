// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/artifacts.hpp"
#include "common/directories.hpp"
#include "common/file.hpp"
#include "common/sha256.hpp"
#include "daemon/config/vendor_domains.hpp"
#include <chrono>
#include <nlohmann/json.hpp>

namespace isag::api {
namespace fs = std::filesystem;
namespace {

std::string domains_text(const config::Config& config) {
    if (!config.limit_network) return "# limit_network: null: the network is not limited\n";
    std::string text;
    for (const auto& name : config::vendor_domains(config.agent.vendor)) text += name + "\n";
    for (const auto& rule : config.limit_network->domains) text += rule.text() + "\n";
    return text;
}

}  // namespace

fs::path artifacts_folder(const fs::path& cache, const fs::path& config_file) {
    return cache /
           (config_file.parent_path().filename().string() + "_" + sha256_hex(config_file.string()).substr(0, 12));
}

fs::path write_artifacts(const fs::path& cache, const config::Config& config, std::string_view yaml) {
    const fs::path folder = artifacts_folder(cache, config.file);
    make_private_directory(cache);
    make_private_directory(folder);
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const nlohmann::json meta{{"config", config.file.string()},
                              {"project", config.project.host.string()},
                              {"last_run", std::chrono::duration_cast<std::chrono::seconds>(now).count()}};
    write_file(folder / "applied.yaml", yaml, 0600, Sync::no);
    write_file(folder / "domains.txt", domains_text(config), 0600, Sync::no);
    write_file(folder / "meta.json", meta.dump(2) + "\n", 0600, Sync::no);
    return folder;
}

}  // namespace isag::api

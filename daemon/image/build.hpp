// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/directories.hpp"
#include "common/environment.hpp"
#include "daemon/config/config.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/image/build_steps.hpp"
#include "daemon/image/certificate_sums.hpp"
#include "daemon/image/cli_version.hpp"
#include "daemon/image/report.hpp"
#include "daemon/image/turns.hpp"
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <sys/types.h>

namespace isag::image {

// What an image is made from and for. Those that are references outlive the call.
struct BuildContext {
    engine::Engine& engine;
    Report& report;
    Turns& turns;                       // one for the whole daemon
    CertificateSums& certificate_sums;  // likewise
    BuildSteps& build_steps;            // likewise
    config::Config config;
    uid_t uid = 0;  // of the sandbox's user
    gid_t gid = 0;
    bool root_is_person = false;  // as in engine::Info: that user has uid 0 then
    Environment environment;      // the person's: proxies, CA bundle, npm registry, PATH
    Directories directories;
    std::map<std::string, std::string> probe_labels;  // as in ProbeRequest
    std::filesystem::path artifacts;                  // gets Dockerfile, context/ and build.log
    bool pull = false;                                // ask the registries for a newer base image and agent CLI
    bool rebuild = false;                             // build even where the image is there
    bool no_cache = false;                            // and let no step come from the engine's cache
};

struct BuiltImage {
    std::string tag;
    std::string id;
    std::string base;                   // reference of the base image
    std::string cli_version;            // of the agent
    bool built = false;                 // false: it was there
    std::optional<CliRequest> refresh;  // to be passed to refresh_cli_version() in the background, where due
};

// The image for this config. Where its content has not changed nothing is built and nobody but the engine is asked,
// twice: for the base image and for the tag. Throws Error; a step's failure carries the end of the builder's output.
boost::asio::awaitable<BuiltImage> ensure_image(BuildContext context);

}  // namespace isag::image

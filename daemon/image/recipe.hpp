// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include "daemon/config/config.hpp"
#include "daemon/image/certificate_sums.hpp"
#include "daemon/image/facts.hpp"
#include <string>
#include <sys/types.h>
#include <vector>

namespace isag::image {

enum class NodeSource { present, distribution, nodesource };
enum class PythonSource { present, distribution, deadsnakes, uv };

struct NodeChoice {
    NodeSource source = NodeSource::distribution;
    int major = 0;
};

struct PythonChoice {
    PythonSource source = PythonSource::distribution;
    std::string version;      // X.Y
    std::string interpreter;  // its path once installed
};

// Everything that decides what an image holds.
struct Recipe {
    std::string base;  // reference for the FROM line
    BaseFacts facts;
    CertificateSum certificates;
    NodeChoice node;
    PythonChoice python;
    std::vector<std::string> extra_packages;
    std::string agent;          // "claude": also the command's name
    std::string package;        // its name on npm
    std::string version;        // of that package
    bool own_registry = false;  // npm asks the registry in the build argument NPM_CONFIG_REGISTRY
    std::string user;
    uid_t uid = 0;  // 0 where the engine is rootless Docker, and nowhere else
    gid_t gid = 0;
};

// What is known besides the config and the base image.
struct RecipeInputs {
    std::string base;  // reference for the FROM line
    uid_t uid = 0;
    gid_t gid = 0;
    bool root_is_person = false;  // as in engine::Info: the image's user has uid 0 then
    std::string cli_version;      // resolved
    CertificateSum certificates;
    bool own_registry = false;
};

// The agent CLI's package on npm.
const char* npm_package(config::Vendor vendor);

// Decides where Node and Python come from. A failure where nothing can provide them.
Result<Recipe> choose(const config::Config& config, const BaseFacts& facts, const RecipeInputs& inputs);

// "Python 3.12 from deadsnakes", "Node 18 from debian 12".
std::string describe(const NodeChoice& node, const BaseFacts& facts);
std::string describe(const PythonChoice& python, const BaseFacts& facts);

}  // namespace isag::image

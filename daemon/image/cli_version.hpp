// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/environment.hpp"
#include "common/error.hpp"
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <string>
#include <string_view>

namespace isag::image {

struct CliRequest {
    std::string package;          // on npm
    std::string wanted;           // a version, "latest" or another dist-tag
    Environment environment;      // for NPM_CONFIG_REGISTRY and the proxy variables
    std::filesystem::path cache;  // isag's cache folder
};

struct CliVersion {
    std::string version;       // what to install; the tag itself where nobody could say what it means
    bool refresh_due = false;  // from a kept answer older than six hours
};

// What the wanted version means now. A kept answer of any age is used at once; only without one, or where `fresh`, is
// the registry asked, for five seconds at most.
boost::asio::awaitable<CliVersion> resolve_cli_version(CliRequest request, bool fresh);

// Asks the registry and keeps the answer for later runs; silent where there is none.
boost::asio::awaitable<void> refresh_cli_version(CliRequest request);

// The registry that npm would ask: NPM_CONFIG_REGISTRY in either case, else the public one; without a slash at its end.
std::string npm_registry(const Environment& environment);
// Where it lists a package's dist-tags.
std::string dist_tags_url(const std::string& registry, const std::string& package);
// The version that a dist-tag stands for in the registry's answer.
Result<std::string> version_of_tag(std::string_view answer, const std::string& tag);

}  // namespace isag::image

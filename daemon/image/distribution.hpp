// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace isag::image {

// A release of Debian or Ubuntu that isag can make a base image of by itself.
struct Distribution {
    std::string family;    // "debian"
    std::string version;   // "12"
    std::string codename;  // "bookworm"
    std::string python;    // of its python3: "3.11"

    std::string repository() const { return "isag/base"; }
    std::string tag() const { return family + "-" + version; }
    // Never the official name: that one is the registry's.
    std::string image() const { return repository() + ":" + tag(); }
};

// The release behind an official image name: "debian:12", "debian:bookworm-slim", "docker.io/library/ubuntu:noble".
std::optional<Distribution> distribution_of(std::string_view reference);

// Lines of sources.list for its own mirror; `architecture` as dpkg names it (Ubuntu has a second mirror for most).
std::vector<std::string> package_sources(const Distribution& distribution, const std::string& architecture);

// With ":latest" where it names neither a tag nor a digest.
std::string with_tag(const std::string& reference);

// From the engine's words about a failed pull: true where no registry gave an answer of its own (no network, no name,
// a proxy whose certificate the engine does not trust), false where it refused (no such image, no right to it).
bool registry_silent(std::string_view message);

}  // namespace isag::image

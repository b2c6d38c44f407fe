// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/recipe.hpp"
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace isag::image {
namespace {

constexpr int oldest_node = 18;  // the agent CLIs need it
constexpr int default_node = 22;
constexpr int oldest_python3 = 8;  // neither deadsnakes nor uv keeps older ones

// Y of "3.Y"; -1 for anything else.
int python3_minor(std::string_view version) {
    int minor = -1;
    if (!version.starts_with("3.")) return -1;
    version.remove_prefix(2);
    const auto parsed = std::from_chars(version.data(), version.data() + version.size(), minor);
    return parsed.ec == std::errc() && parsed.ptr == version.data() + version.size() ? minor : -1;
}

// deadsnakes serves the LTS releases: April of even years.
bool deadsnakes_serves(const BaseFacts& facts) {
    const int year = major_version(facts.version);
    return facts.os == "ubuntu" && facts.version.ends_with(".04") && year >= 22 && year % 2 == 0;
}

bool fits(int major, const config::Config& config) {
    return major >= oldest_node && (!config.container.node || *config.container.node == major);
}

Result<NodeChoice> choose_node(const config::Config& config, const BaseFacts& facts) {
    if (config.container.node && *config.container.node < oldest_node)
        return Failure{"container.node: " + std::to_string(*config.container.node) + ": the agent CLIs need Node " +
                           std::to_string(oldest_node) + " or later",
                       "leave container.node out, and isag chooses"};
    if (const int major = major_version(facts.node); fits(major, config)) return NodeChoice{NodeSource::present, major};
    if (const int major = major_version(facts.node_candidate); fits(major, config) && !facts.npm_candidate.empty())
        return NodeChoice{NodeSource::distribution, major};
    const auto major = static_cast<int>(config.container.node.value_or(default_node));
    return NodeChoice{NodeSource::nodesource, major};
}

Result<PythonChoice> choose_python(const config::Config& config, const BaseFacts& facts) {
    const std::string& version = config.container.python;
    const bool managed = facts.python.empty() || facts.python.starts_with("/usr/bin/");
    if (!managed) return PythonChoice{PythonSource::present, version, facts.python};
    const std::string packaged = "/usr/bin/python" + version;
    if (!facts.python_candidate.empty()) return PythonChoice{PythonSource::distribution, version, packaged};
    if (!facts.python.empty()) return PythonChoice{PythonSource::present, version, facts.python};
    const int minor = python3_minor(version);
    if (minor < oldest_python3)
        return Failure{"container.python: " + version + ": neither " + facts.title() +
                           (facts.os == "ubuntu" ? ", nor deadsnakes," : "") + " nor uv provides it",
                       "3." + std::to_string(oldest_python3) + " and later can be had, or a base image that has it"};
    if (deadsnakes_serves(facts)) return PythonChoice{PythonSource::deadsnakes, version, packaged};
    return PythonChoice{PythonSource::uv, version, "/usr/local/bin/python" + version};
}

bool all_of(std::string_view text, std::string_view besides) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               besides.find(c) != std::string_view::npos;
    });
}

// The config has checked these already; what stands in a Dockerfile is checked where it enters, too.
Result<void> check_words(const config::Config& config, const RecipeInputs& inputs) {
    if (!all_of(inputs.base, "._-/:@")) return Failure{"not an image reference: " + inputs.base};
    if (!all_of(inputs.cli_version, "._+-")) return Failure{"not a version: " + inputs.cli_version};
    if (!all_of(config.container.user, "_-")) return Failure{"not a user name: " + config.container.user};
    if (!all_of(config.container.python, ".")) return Failure{"not a Python version: " + config.container.python};
    for (const auto& package : config.container.extra_packages)
        if (!all_of(package, "+.-")) return Failure{"not a package name: " + package};
    if (inputs.uid == 0) return Failure{"the sandbox's user must not be root"};
    return {};
}

}  // namespace

const char* npm_package(config::Vendor vendor) {
    return vendor == config::Vendor::claude ? "@anthropic-ai/claude-code" : "@openai/codex";
}

Result<Recipe> choose(const config::Config& config, const BaseFacts& facts, const RecipeInputs& inputs) {
    if (const auto checked = check_words(config, inputs); !checked) return checked.error();
    if (!facts.lists_complete && facts.python3_candidate.empty())
        return Failure{"apt-get update failed in " + inputs.base + ": " + facts.lists_error,
                       "the distribution's package mirror must be reachable from a container of this engine"};
    const auto node = choose_node(config, facts);
    if (!node) return node.error();
    const auto python = choose_python(config, facts);
    if (!python) return python.error();
    Recipe recipe;
    recipe.base = inputs.base;
    recipe.facts = facts;
    recipe.certificates = inputs.certificates;
    recipe.node = *node;
    recipe.python = *python;
    recipe.extra_packages = config.container.extra_packages;
    recipe.agent = config.agent.vendor == config::Vendor::claude ? "claude" : "codex";
    recipe.package = npm_package(config.agent.vendor);
    recipe.version = inputs.cli_version;
    recipe.own_registry = inputs.own_registry;
    recipe.user = config.container.user;
    recipe.uid = inputs.root_is_person ? 0 : inputs.uid;
    recipe.gid = inputs.root_is_person ? 0 : inputs.gid;
    return recipe;
}

std::string describe(const NodeChoice& node, const BaseFacts& facts) {
    const std::string what = "Node " + std::to_string(node.major) + " from ";
    if (node.source == NodeSource::nodesource) return what + "NodeSource";
    return what + (node.source == NodeSource::present ? "the base image" : facts.title());
}

std::string describe(const PythonChoice& python, const BaseFacts& facts) {
    const std::string what = "Python " + python.version + " from ";
    switch (python.source) {
        case PythonSource::present:
            return what + "the base image";
        case PythonSource::distribution:
            return what + facts.title();
        case PythonSource::deadsnakes:
            return what + "deadsnakes";
        case PythonSource::uv:
            return what + "uv";
    }
    return what;
}

}  // namespace isag::image

// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/recipe.hpp"
#include "tests/daemon/image/samples.hpp"
#include <doctest/doctest.h>

using namespace isag::image;
using namespace isag::test;

namespace {

isag::config::Config with_python(const std::string& version) {
    isag::config::Config config;
    config.container.python = version;
    return config;
}

std::string node_of(const isag::config::Config& config, const BaseFacts& facts) {
    const auto recipe = choose(config, facts, sample_inputs("debian:12")).value();
    return describe(recipe.node, facts);
}

std::string python_of(const std::string& version, const BaseFacts& facts) {
    const auto recipe = choose(with_python(version), facts, sample_inputs("debian:12")).value();
    return describe(recipe.python, facts) + ": " + recipe.python.interpreter;
}

}  // namespace

TEST_CASE("Node comes from the distribution when that has 18 or later") {
    CHECK(node_of({}, bookworm_facts()) == "Node 18 from debian 12");
    CHECK(node_of({}, jammy_facts()) == "Node 22 from NodeSource");
}

TEST_CASE("Node without npm in the package lists comes from NodeSource") {
    auto facts = bookworm_facts();
    facts.npm_candidate.clear();
    CHECK(node_of({}, facts) == "Node 22 from NodeSource");
}

TEST_CASE("a Node in the base image is used from 18 on") {
    auto facts = bookworm_facts();
    facts.node = "20.1.0";
    CHECK(node_of({}, facts) == "Node 20 from the base image");
    facts.node = "16.20.0";
    CHECK(node_of({}, facts) == "Node 18 from debian 12");
}

TEST_CASE("container.node decides on the major version") {
    isag::config::Config config;
    config.container.node = 20;
    CHECK(node_of(config, bookworm_facts()) == "Node 20 from NodeSource");
    config.container.node = 18;
    CHECK(node_of(config, bookworm_facts()) == "Node 18 from debian 12");
    config.container.node = 16;
    const auto refused = choose(config, bookworm_facts(), sample_inputs("debian:12"));
    REQUIRE(!refused);
    CHECK(refused.error().message == "container.node: 16: the agent CLIs need Node 18 or later");
}

TEST_CASE("Python comes from the distribution when that has the version asked for") {
    CHECK(python_of("3.11", bookworm_facts()) == "Python 3.11 from debian 12: /usr/bin/python3.11");
}

TEST_CASE("Python comes from the base image when it is there outside of the distribution's packages") {
    auto facts = bookworm_facts();
    facts.python = "/usr/local/bin/python3.11";
    CHECK(python_of("3.11", facts) == "Python 3.11 from the base image: /usr/local/bin/python3.11");
    facts.python_candidate.clear();
    facts.python = "/usr/bin/python3.11";
    CHECK(python_of("3.11", facts) == "Python 3.11 from the base image: /usr/bin/python3.11");
}

TEST_CASE("another Python comes from deadsnakes on an Ubuntu LTS and from uv elsewhere") {
    auto ubuntu = jammy_facts();
    ubuntu.python_candidate.clear();
    CHECK(python_of("3.13", ubuntu) == "Python 3.13 from deadsnakes: /usr/bin/python3.13");
    ubuntu.version = "23.10";
    CHECK(python_of("3.13", ubuntu) == "Python 3.13 from uv: /usr/local/bin/python3.13");
    auto debian = bookworm_facts();
    debian.python_candidate.clear();
    CHECK(python_of("3.10", debian) == "Python 3.10 from uv: /usr/local/bin/python3.10");
}

TEST_CASE("a Python that nothing provides is refused, with who was thought of") {
    auto facts = bookworm_facts();
    facts.python_candidate.clear();
    for (const char* version : {"3.7", "3.1", "2.7", "4.0"}) {
        const auto refused = choose(with_python(version), facts, sample_inputs("debian:12"));
        REQUIRE(!refused);
        CHECK(refused.error().message ==
              "container.python: " + std::string(version) + ": neither debian 12 nor uv provides it");
        CHECK(refused.error().hint.find("3.8") != std::string::npos);
    }
}

TEST_CASE("without any package list the mirror is named as what is missing") {
    BaseFacts facts;
    facts.os = "debian";
    facts.version = "12";
    facts.lists_complete = false;
    facts.lists_error = "E: Failed to fetch http://deb.debian.org/debian";
    const auto refused = choose({}, facts, sample_inputs("debian:12"));
    REQUIRE(!refused);
    CHECK(refused.error().message ==
          "apt-get update failed in debian:12: E: Failed to fetch http://deb.debian.org/debian");
}

TEST_CASE("words that could break out of a Dockerfile line are refused") {
    auto inputs = sample_inputs("debian:12\nRUN evil");
    CHECK(!choose({}, bookworm_facts(), inputs));
    inputs = sample_inputs("debian:12");
    inputs.cli_version = "1.0;evil";
    CHECK(!choose({}, bookworm_facts(), inputs));
    inputs.cli_version = "1.0";
    inputs.uid = 0;
    CHECK(!choose({}, bookworm_facts(), inputs));
    inputs.uid = 1000;
    isag::config::Config config;
    config.container.extra_packages = {"nano", "$(evil)"};
    CHECK(!choose(config, bookworm_facts(), inputs));
    config.container.extra_packages = {"g++", "libc6-dev"};
    CHECK(choose(config, bookworm_facts(), inputs).has_value());
}

TEST_CASE("each vendor has its package and its command") {
    isag::config::Config config;
    CHECK(choose(config, bookworm_facts(), sample_inputs("x"))->package == "@anthropic-ai/claude-code");
    config.agent.vendor = isag::config::Vendor::codex;
    const auto recipe = choose(config, bookworm_facts(), sample_inputs("x")).value();
    CHECK(recipe.package == "@openai/codex");
    CHECK(recipe.agent == "codex");
}

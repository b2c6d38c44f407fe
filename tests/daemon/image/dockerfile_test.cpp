// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/dockerfile.hpp"
#include "common/file.hpp"
#include "daemon/image/build_log.hpp"
#include "tests/daemon/image/samples.hpp"
#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>

using namespace isag::image;
using namespace isag::test;

namespace {

// Compares with golden/NAME.Dockerfile; with ISAG_UPDATE_GOLDEN set it is written anew instead.
void check_golden(const std::string& name, const std::string& rendered) {
    const auto path = std::filesystem::path(ISAG_TEST_DATA) / "golden" / (name + ".Dockerfile");
    if (std::getenv("ISAG_UPDATE_GOLDEN")) isag::write_file(path, rendered, 0644);
    CHECK(rendered == isag::read_file(path).value());
}

std::string rendered(const isag::config::Config& config, const BaseFacts& facts, const RecipeInputs& inputs) {
    return render(choose(config, facts, inputs).value());
}

isag::config::Config sample_config(const std::string& python) {
    isag::config::Config config;
    config.container.python = python;
    return config;
}

}  // namespace

TEST_CASE("a Debian 12 image has all from the distribution") {
    auto inputs = sample_inputs("debian:12");
    inputs.certificates = sum_of({{"certificates/isag-0123456789ab.crt", "pem\n"}});
    auto config = sample_config("3.11");
    config.container.extra_packages = {"nano", "g++"};
    check_golden("debian-12", rendered(config, bookworm_facts(), inputs));
}

TEST_CASE("a Debian 12 image with another Python has it from uv, and codex from an own registry") {
    auto inputs = sample_inputs("isag/base:debian-12");
    inputs.own_registry = true;
    inputs.uid = 501;
    inputs.gid = 20;
    auto facts = bookworm_facts();
    facts.python_candidate.clear();
    auto config = sample_config("3.10");
    config.agent.vendor = isag::config::Vendor::codex;
    check_golden("debian-12-uv", rendered(config, facts, inputs));
}

TEST_CASE("for rootless Docker, where uid 0 is the person, the user has uid 0 and a home of its own") {
    auto inputs = sample_inputs("debian:12");
    inputs.root_is_person = true;
    check_golden("debian-12-rootless", rendered(sample_config("3.11"), bookworm_facts(), inputs));
}

TEST_CASE("an Ubuntu 22.04 image has Node from NodeSource") {
    check_golden("ubuntu-22.04", rendered(sample_config("3.10"), jammy_facts(), sample_inputs("ubuntu:22.04")));
}

TEST_CASE("an Ubuntu 24.04 image has all from the distribution") {
    check_golden("ubuntu-24.04", rendered(sample_config("3.12"), noble_facts(), sample_inputs("ubuntu:24.04")));
}

TEST_CASE("a CUDA image with an older Python has it from deadsnakes") {
    auto facts = noble_facts();
    facts.python_candidate.clear();
    const auto inputs = sample_inputs("nvidia/cuda:12.8.1-runtime-ubuntu24.04");
    check_golden("cuda-ubuntu-24.04", rendered(sample_config("3.11"), facts, inputs));
}

TEST_CASE("an image that brings Node and Python keeps them") {
    auto facts = bookworm_facts();
    facts.node = "22.3.0";
    facts.python = "/usr/local/bin/python3.12";
    check_golden("brings-both", rendered(sample_config("3.12"), facts, sample_inputs("example.com/base:1")));
}

TEST_CASE("every instruction after FROM belongs to a named step or the head, in order of change") {
    const auto text = rendered(sample_config("3.11"), bookworm_facts(), sample_inputs("debian:12"));
    const auto names = step_names(text);
    CHECK(names.front() == "base image");
    CHECK(names.back() == "user isag (1000:1000)");
    const auto at = [&](const std::string& name) { return text.find("# step: " + name); };
    CHECK(at("CA certificates") < at("base tools"));
    CHECK(at("base tools") < at("Node 18 from debian 12"));
    CHECK(at("Node 18 from debian 12") < at("Python 3.11 from debian 12"));
    CHECK(at("Python 3.11 from debian 12") < at("claude 2.1.0 from npm"));
    CHECK(at("claude 2.1.0 from npm") < at("user isag"));
}

TEST_CASE("noninteractive apt stays inside its RUN") {
    const auto text = rendered(sample_config("3.11"), bookworm_facts(), sample_inputs("debian:12"));
    CHECK(text.find("ENV DEBIAN_FRONTEND") == std::string::npos);
}

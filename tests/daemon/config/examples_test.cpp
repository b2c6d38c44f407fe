// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"
#include "tests/daemon/config/support.hpp"
#include <algorithm>
#include <doctest/doctest.h>

namespace isag::config {
namespace {

std::string example(const std::string& name) {
    return read_file(std::filesystem::path(ISAG_TEST_DATA) / "examples" / name).value();
}

Config example_config(const std::string& name) {
    const auto result = read(example(name));
    CHECK(lines(result.findings) == "");
    return result.config;
}

std::vector<std::string> names(const std::vector<DomainRule>& rules) {
    std::vector<std::string> out;
    for (const auto& rule : rules) out.push_back(rule.text());
    return out;
}

const std::vector<std::string> base_names = {
    "github.com",          "api.github.com", "raw.githubusercontent.com", "objects.githubusercontent.com",
    "codeload.github.com", "pypi.org",       "files.pythonhosted.org",    "registry.npmjs.org"};

void check_starter_values(const Config& c) {
    CHECK(c.project.host == "/srv/demo");
    CHECK(c.project.container == "/workspace/project");
    CHECK(c.project.access == Access::read_write);
    CHECK(c.agent.vendor == Vendor::claude);
    CHECK(c.agent.yolo_mode);
    CHECK(c.agent.host_home == "/home/ann/agents");
    CHECK(c.agent.cli_version == "latest");
    CHECK(c.container.python == "3.12");
    CHECK(c.container.user == "isag");
    CHECK(c.container.host_cache_dir == "/home/ann/isag-cache");
    CHECK(c.container.external_networks.empty());
    REQUIRE(c.limit_network);
    REQUIRE(c.limit_network->dns.size() == 4);
    CHECK(c.limit_network->dns[3] == Resolver{"8.8.4.4", 53});
}

}  // namespace

TEST_CASE("the reference's starter file means what it says") {
    const Config c = example_config("reference-starter.yaml");
    check_starter_values(c);
    CHECK(c.container.name == "isag");
    CHECK(c.container.base_image == "ubuntu:24.04");
    CHECK(c.container.gpu == Gpu::none);
    CHECK(c.container.extra_packages.empty());
    CHECK(names(c.limit_network->domains) == base_names);
    CHECK(c.mounts.empty());
    CHECK(c.exclude == Exclude{});
    CHECK(c.env.empty());
    CHECK(c.env_files.empty());
}

TEST_CASE("the reference's extended file means what it says") {
    const Config c = example_config("reference-extended.yaml");
    check_starter_values(c);
    CHECK(c.container.extra_packages == std::vector<std::string>{"nano", "htop"});
    CHECK(c.limit_network->domains.size() == 29);
    CHECK(c.limit_network->domains.back().name == "api-inference.huggingface.co");
    REQUIRE(c.mounts.size() == 2);
    CHECK(c.mounts[0] == Mount{"/srv/demo/datasets", "/workspace/datasets", Access::read_only, "mounts[0]"});
    CHECK(c.mounts[1] == Mount{"/srv/demo/outputs", "/workspace/outputs", Access::read_write, "mounts[1]"});
    CHECK(c.exclude.files == std::vector<std::filesystem::path>{"/srv/demo/.env"});
    CHECK(c.exclude.folders == std::vector<std::filesystem::path>{"/srv/demo/.git"});
    CHECK(c.env == std::map<std::string, std::string>{{"TERM", "xterm-256color"}, {"PYTHONUNBUFFERED", "1"}});
    CHECK(c.env_files == std::vector<std::filesystem::path>{"/home/ann/agents/env/openai.env"});
}

TEST_CASE("the reference's GPU file means what it says") {
    const Config c = example_config("reference-gpu.yaml");
    check_starter_values(c);
    CHECK(c.container.name == "isag-gpu");
    CHECK(c.container.base_image == "nvidia/cuda:12.8.1-runtime-ubuntu24.04");
    CHECK(c.container.gpu == Gpu::all);
    CHECK(c.limit_network->domains.size() == 18);
}

TEST_CASE("the readme's file means what it says") {
    const Config c = example_config("seed-readme.yaml");
    CHECK(c.project.host == "/home/ann/code/my-project");
    CHECK(c.agent.host_home == "/home/ann/agents");
    CHECK(c.container.python == "3.14");
    CHECK(c.container.base_image == "ubuntu:24.04");
    CHECK(c.container.gpu == Gpu::none);
    CHECK(names(c.limit_network->domains) == std::vector<std::string>{"github.com", "pypi.org", "registry.npmjs.org"});
    CHECK(c.limit_network->dns.empty());
    REQUIRE(c.mounts.size() == 1);
    CHECK(c.mounts[0] == Mount{"/home/ann/datasets", "/workspace/datasets", Access::read_only, "mounts[0]"});
    CHECK(c.exclude.files == std::vector<std::filesystem::path>{"/home/ann/code/my-project/.env"});
    CHECK(c.exclude.folders == std::vector<std::filesystem::path>{"/home/ann/code/my-project/.git"});
}

TEST_CASE("every example reads back from what config show makes of it") {
    for (const char* name :
         {"reference-starter.yaml", "reference-extended.yaml", "reference-gpu.yaml", "seed-readme.yaml"}) {
        CAPTURE(std::string(name));
        const Config config = example_config(name);
        const auto again = read(to_yaml(config));
        CHECK(lines(again.findings) == "");
        CHECK(again.config == config);
    }
}

TEST_CASE("an example cut off at any byte is read or refused, never worse") {
    const std::string text = example("reference-extended.yaml");
    for (std::size_t length = 0; length < text.size(); ++length) {
        const auto result = read(std::string_view(text).substr(0, length));
        for (const auto& finding : result.findings) CHECK_FALSE(finding.message.empty());
    }
}

TEST_CASE("an example with any one byte replaced is read or refused, never worse") {
    const std::string text = example("seed-readme.yaml");
    for (std::size_t i = 0; i < text.size(); ++i) {
        for (const char replacement : {'{', '[', '"', ':', '*', '&', '!', '\n', '\x01', '\xff'}) {
            std::string changed = text;
            changed[i] = replacement;
            const auto result = read(changed);
            if (result.findings.empty()) CHECK(read(to_yaml(result.config)).config == result.config);
        }
    }
}

}  // namespace isag::config

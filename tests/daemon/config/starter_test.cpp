// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/starter.hpp"
#include "common/file.hpp"
#include "tests/daemon/config/support.hpp"
#include <doctest/doctest.h>

namespace isag::config {
namespace {

Config config_of_example(const std::string& name) {
    const auto text = read_file(std::filesystem::path(ISAG_TEST_DATA) / "examples" / name);
    return read(text.value()).config;
}

Config config_of(const StarterOptions& options) {
    const auto result = read(starter(options));
    CHECK(lines(result.findings) == "");
    return result.config;
}

}  // namespace

TEST_CASE("the starter means the same as the reference's") {
    CHECK(config_of({}) == config_of_example("reference-starter.yaml"));
}

TEST_CASE("the extended starter means the same as the reference's") {
    CHECK(config_of({.extended = true}) == config_of_example("reference-extended.yaml"));
}

TEST_CASE("the GPU starter means the same as the reference's") {
    CHECK(config_of({.gpu = true}) == config_of_example("reference-gpu.yaml"));
}

TEST_CASE("extended and GPU together have what both have") {
    const Config c = config_of({.extended = true, .gpu = true});
    CHECK(c.container.gpu == Gpu::all);
    CHECK(c.container.name == "isag-gpu");
    CHECK(c.limit_network->domains.size() == 29);
    CHECK(c.mounts.size() == 2);
}

TEST_CASE("a starter has the options that were asked for") {
    const Config c =
        config_of({.vendor = Vendor::codex, .project = "~/code/x", .base_image = "debian:12", .python = "3.11"});
    CHECK(c.agent.vendor == Vendor::codex);
    CHECK(c.project.host == "/home/ann/code/x");
    CHECK(c.container.base_image == "debian:12");
    CHECK(c.container.python == "3.11");
}

TEST_CASE("an extended starter of a named project keeps its data beside the home") {
    const Config c = config_of({.extended = true, .project = "/srv/x"});
    CHECK(c.mounts.at(0).host == "/home/ann/datasets");
    CHECK(c.mounts.at(1).host == "/home/ann/outputs/my-project");
}

TEST_CASE("a project folder with unusual characters survives") {
    for (const char* folder :
         {"/srv/a b", "/srv/a: #b", "/srv/$x", "/srv/it's \"q\"", "/srv/@DNS@", "/srv/\xc3\xa4", "/srv/a\\b"}) {
        CAPTURE(std::string(folder));
        CHECK(config_of({.project = folder}).project.host == folder);
    }
}

TEST_CASE("every starter reads back from what config show makes of it") {
    for (const bool extended : {false, true}) {
        for (const bool gpu : {false, true}) {
            const Config config = config_of({.extended = extended, .gpu = gpu});
            CHECK(read(to_yaml(config)).config == config);
        }
    }
}

TEST_CASE("a starter is commented, fits a terminal, and leaves no blank to fill in") {
    const std::string text = starter({.extended = true});
    CHECK(text.starts_with("# "));
    CHECK(text.find("limit_network: null") != std::string::npos);
    CHECK(text.find("*.example.com") != std::string::npos);
    CHECK(text.find('@') == std::string::npos);
    CHECK(text.ends_with('\n'));
    CHECK_FALSE(text.ends_with("\n\n"));
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = text.find('\n', start);
        CHECK(end - start <= 120);
        start = end + 1;
    }
}

TEST_CASE("the keys that a starter only mentions are keys") {
    std::string text = starter({});
    for (const char* key : {"cpus: 4", "memory: 8g", "pids: 4096", "node: 22", "runtime: runsc",
                            "ca_certificates: host", "protect: [", "terminal: {"}) {
        const std::size_t place = text.find(std::string("# ") + key);
        REQUIRE(place != std::string::npos);
        text.erase(place, 2);
    }
    const auto result = read(text);
    CHECK(lines(result.findings) == "");
    CHECK(result.config.container.memory == 8LL << 30);
    CHECK(result.config.protect == read("").config.protect);
}

}  // namespace isag::config

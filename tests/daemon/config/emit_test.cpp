// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/emit.hpp"
#include "tests/daemon/config/support.hpp"
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace isag::config {

TEST_CASE("config show prints the effective file") {
    const auto result =
        read("container: {python: 3.10, memory: 1g, gpu: [0]}\nlimit_network: null\nenv: {A: 'null'}\n");
    CHECK(to_yaml(result.config) == R"(project: /srv/demo:/workspace/project:rw
agent:
  vendor: claude
  yolo_mode: true
  host_home: /home/ann/agents
  cli_version: latest
container:
  name: isag
  base_image: ubuntu:24.04
  python: "3.10"
  node: null
  user: isag
  host_cache_dir: /home/ann/isag-cache
  extra_packages: []
  gpu:
    - "0"
  external_networks: []
  cpus: 0
  memory: 1073741824
  pids: 4096
  runtime: null
  ca_certificates: host
limit_network: null
terminal:
  clipboard: ask
  detach_keys: ctrl-p,ctrl-q
mounts: []
exclude:
  files: []
  folders: []
  globs: []
protect:
  - .git/hooks
  - .git/config
  - .vscode
  - .idea
  - .envrc
  - .mcp.json
  - ".claude/settings*.json"
env:
  A: "null"
env_files: []
)");
}

TEST_CASE("config show --json has every key, with its kind") {
    const auto yaml =
        "container: {cpus: 1.5}\nlimit_network: {domains: ['*.example.com:443', {name: a.b, allow_private: true}]}";
    const auto json = nlohmann::json::parse(to_json(read(yaml).config));
    CHECK(json.size() == 10);
    CHECK(json["container"]["cpus"] == 1.5);
    CHECK(json["container"]["python"] == "3.12");
    CHECK(json["container"]["node"].is_null());
    CHECK(json["agent"]["yolo_mode"] == true);
    CHECK(json["limit_network"]["dns"].is_null());
    CHECK(json["terminal"]["clipboard"] == "ask");
    CHECK(json["limit_network"]["domains"][0] == "*.example.com:443");
    CHECK(json["limit_network"]["domains"][1]["name"] == "a.b");
    CHECK(json["limit_network"]["domains"][1]["allow_private"] == true);
}

TEST_CASE("any text survives being written as a YAML scalar") {
    const std::string all[] = {"",
                               " ",
                               "a b",
                               "null",
                               "~",
                               "true",
                               "No",
                               "3.10",
                               "0x1f",
                               "1e3",
                               "- a",
                               "-",
                               "--- a",
                               "a: b",
                               "a:",
                               ":a",
                               "a #b",
                               "#a",
                               "*a",
                               "&a",
                               "!a",
                               "%a",
                               "@a",
                               "`a",
                               "[a",
                               "{a}",
                               "a,b",
                               ",a",
                               "'a'",
                               "\"a\"",
                               "a\\nb",
                               "a\nb",
                               "\ta\r",
                               "\x7f",
                               "\xc2\x85",
                               "\xc3\xa4",
                               "\xf0\x9f\x98\x80",
                               "\xe2\x80\xa8",
                               "=",
                               "<<",
                               "? a",
                               "| a",
                               "> a",
                               "a\n\n",
                               "\x1b[m",
                               "12:30",
                               "1_000",
                               "...",
                               "---",
                               "\xef\xbb\xbfx"};
    for (const auto& text : all) {
        CAPTURE(text);
        const auto result = read("env:\n  A: " + yaml_scalar(text) + "\n  B: c\n");
        CHECK(lines(result.findings) == "");
        CHECK(result.config.env.at("A") == text);
        CHECK(result.config.env.at("B") == "c");
    }
}

}  // namespace isag::config

// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/rules.hpp"
#include <doctest/doctest.h>
#include <vector>

namespace isag::config {
namespace {

struct Rule {
    const char* name;
    bool (*good)(std::string_view);
    std::vector<std::string> yes;
    std::vector<std::string> no;
};

const std::string digest(64, 'a');

const Rule rules[] = {
    {"container name",
     is_container_name,
     {"isag", "0a_.-", std::string(63, 'a')},
     {"", "-a", "_a", "A", "a b", std::string(64, 'a')}},
    {"network name", is_network_name, {"net", "N_.-"}, {"", ".a", "a/b", std::string(64, 'a')}},
    {"user name", is_user_name, {"isag", "_a-1"}, {"", "root", "1a", "-a", "A", "a.b", std::string(33, 'a')}},
    {"package name",
     is_package_name,
     {"g++", "libc6-dev", "0ad", "python3.11"},
     {"", "-y", "a;b", "a b", "A", "a=1", "a/b", "$(id)"}},
    {"python version",
     is_python_version,
     {"3.10", "3.9", "2.7"},
     {"3", "3.", ".3", "3.10.1", "3.x", "03.1", "3.01", " 3.1", "3.-1"}},
    {"CLI version",
     is_cli_version,
     {"latest", "next-1", "1.2.3", "1.0.0-rc.1+b2"},
     {"", "1.2", "1.2.3.4", "v1.2.3 ", "^1.2.3", "1.2.3-", "Latest", "a_b", "1.2.3; id", "01.0.0", "-g"}},
    {"image reference",
     is_image_reference,
     {"ubuntu", "ubuntu:24.04", "a/b/c:1", "ghcr.io/a/b", "localhost:5000/x", "x@sha256:" + digest,
      "r.io/x:1@sha256:" + digest},
     {"", "A", "a b", "a\nb", "a:", ":a", "a:b:c", "/a", "a/", "a//b", "a@", "a@sha256:xyz", "-a", "a$b", "a:-1",
      "https://a/b"}},
    {"GPU id", is_gpu_id, {"0", "GPU-1a", "MIG-1/2", "nvidia.com/gpu=0"}, {"", "a b", "-1", "a,b"}},
    {"environment name", is_environment_name, {"A", "_a1"}, {"", "1A", "A-B", "A=B", "A B", std::string("A\0", 2)}},
    {"path pattern",
     is_path_pattern,
     {".git/hooks", "**/.env*", "a b/", "..a"},
     {"", "/a", "../a", "a/../b", "./a", "a//b", ".", "/"}},
};

}  // namespace

TEST_CASE("each rule takes what it allows and nothing else") {
    for (const auto& rule : rules) {
        CAPTURE(std::string(rule.name));
        for (const auto& text : rule.yes) {
            CAPTURE(text);
            CHECK(rule.good(text));
        }
        for (const auto& text : rule.no) {
            CAPTURE(text);
            CHECK_FALSE(rule.good(text));
        }
    }
}

TEST_CASE("short names of distributions become references, other images stay") {
    CHECK(image_reference("ubuntu24.04") == "ubuntu:24.04");
    CHECK(image_reference("ubuntu-22.04") == "ubuntu:22.04");
    CHECK(image_reference("debian12") == "debian:12");
    for (const char* same :
         {"ubuntu", "ubuntu:24.04", "debian:12-slim", "debian12-slim", "debianx", "ubuntu/24", "node20"})
        CHECK(image_reference(same) == same);
}

}  // namespace isag::config

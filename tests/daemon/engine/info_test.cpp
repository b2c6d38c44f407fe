// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine/info.hpp"
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace isag::engine;
using nlohmann::json;

TEST_CASE("info_of: Podman says in a field of its own that it is rootless") {
    const auto reply = json::parse(R"({"KernelVersion": "6.1.0", "OperatingSystem": "debian", "ServerVersion": "4.3.1",
        "NCPU": 2, "MemTotal": 25276510208, "Runtimes": {"crun": {"path": "/usr/bin/crun"}, "runc": {"path": "runc"}},
        "SecurityOptions": ["name=seccomp,profile=default"], "BuildahVersion": "1.28.2", "Rootless": true})");
    const Info info = info_of(reply);
    CHECK(info.podman);
    CHECK(info.rootless);
    CHECK(info.kernel == "6.1.0");
    CHECK(info.version == "4.3.1");
    CHECK(info.runtimes == std::vector<std::string>{"crun", "runc"});
}

TEST_CASE("info_of: rootless Docker says it among its security options") {
    const auto rootless = json::parse(R"({"SecurityOptions": ["name=seccomp,profile=default", "name=rootless"]})");
    CHECK(info_of(rootless).rootless);
    CHECK_FALSE(info_of(rootless).podman);
    const auto rootful = json::parse(R"({"SecurityOptions": ["name=seccomp,profile=default"], "Runtimes": null})");
    CHECK_FALSE(info_of(rootful).rootless);
}

TEST_CASE("info_of: an empty reply tells nothing and is no error") {
    const Info info = info_of(json::object());
    CHECK(info.kernel.empty());
    CHECK_FALSE(info.podman);
    CHECK_FALSE(info.rootless);
}

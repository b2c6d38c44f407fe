// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine/find.hpp"
#include "common/sha256.hpp"
#include "tests/support/temp_folder.hpp"
#include <doctest/doctest.h>
#include <fstream>

using namespace isag;
using namespace isag::engine;
namespace fs = std::filesystem;

namespace {

struct Home {
    test::TempFolder folder;
    Directories directories{.home = folder.path(), .runtime = {}, .state = {}, .cache = {}, .config = {}};
    void write(const fs::path& name, const std::string& text) {
        fs::create_directories((folder.path() / name).parent_path());
        std::ofstream(folder.path() / name) << text;
    }
};

}  // namespace

TEST_CASE("find_candidates: without anything said, the default sockets in their order") {
    Home home;
    const auto found = find_candidates("auto", {{"XDG_RUNTIME_DIR", "/run/user/7"}}, home.directories).value();
    REQUIRE(found.size() == 3);
    CHECK(found[0].socket == "/var/run/docker.sock");
    CHECK(found[1].socket == "/run/user/7/docker.sock");
    CHECK(found[2].socket == "/run/user/7/podman/podman.sock");
}

TEST_CASE("find_candidates: DOCKER_HOST is the only one, isagd.yaml stands above it") {
    Home home;
    const Environment environment{{"DOCKER_HOST", "unix:///tmp/a.sock"}};
    const auto host = find_candidates("auto", environment, home.directories).value();
    REQUIRE(host.size() == 1);
    CHECK(host[0].socket == "/tmp/a.sock");
    CHECK(host[0].origin == "DOCKER_HOST");
    CHECK(find_candidates("unix:///tmp/b.sock", environment, home.directories).value()[0].socket == "/tmp/b.sock");
}

TEST_CASE("find_candidates: an engine over TCP is refused with the reason") {
    Home home;
    const auto found = find_candidates("auto", {{"DOCKER_HOST", "tcp://10.0.0.1:2375"}}, home.directories);
    REQUIRE(found.has_error());
    CHECK(found.error().message == "DOCKER_HOST names tcp://10.0.0.1:2375: an engine over TCP can't be used");
    CHECK(find_candidates("ssh://host", {}, home.directories).has_error());
    CHECK(find_candidates("unix://", {}, home.directories).has_error());
    CHECK(find_candidates("unix://relative", {}, home.directories).has_error());
}

TEST_CASE("find_candidates: the current docker context is followed") {
    Home home;
    home.write(".docker/config.json", R"({"currentContext": "rootless"})");
    home.write(".docker/contexts/meta/" + sha256_hex("rootless") + "/meta.json",
               R"({"Name": "rootless", "Endpoints": {"docker": {"Host": "unix:///run/user/1/docker.sock"}}})");
    const auto found = find_candidates("auto", {}, home.directories).value();
    REQUIRE(found.size() == 1);
    CHECK(found[0].socket == "/run/user/1/docker.sock");
    const auto missing = find_candidates("auto", {{"DOCKER_CONTEXT", "gone"}}, home.directories);
    REQUIRE(missing.has_error());
    CHECK(missing.error().message == "the docker context 'gone' does not exist");
}

TEST_CASE("find_candidates: a broken docker configuration counts as none") {
    Home home;
    home.write(".docker/config.json", "{ not json");
    CHECK(find_candidates("auto", {}, home.directories).value().size() == 1);
}

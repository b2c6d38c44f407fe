// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/daemon_settings.hpp"
#include "tests/daemon/config/support.hpp"
#include "tests/support/temp_folder.hpp"
#include <doctest/doctest.h>
#include <fstream>

namespace isag::config {
namespace {

std::string wrong(std::string_view yaml) { return lines(parse_daemon_settings(yaml).findings); }

TEST_CASE("isagd.yaml: every key is optional") {
    CHECK(parse_daemon_settings("").settings == DaemonSettings{});
    CHECK(parse_daemon_settings("network: null\nengine: auto\n").settings == DaemonSettings{});
    const auto read = parse_daemon_settings("engine: unix:///run/docker.sock\nnetwork: lab_net-1.2\n");
    CHECK(read.findings.empty());
    CHECK(read.settings == DaemonSettings{"unix:///run/docker.sock", "lab_net-1.2"});
    CHECK(parse_daemon_settings("keep_finished: 7d\n").settings.keep_finished == 7 * 86400);
    CHECK(parse_daemon_settings("keep_finished: 0\n").settings.keep_finished == 0);
}

TEST_CASE("isagd.yaml: what is wrong is told with its place and what is allowed") {
    CHECK(wrong("netwrok: x\n").find("isag.yaml:1:1: netwrok: ") == 0);
    CHECK(wrong("netwrok: x\n").find("network") != std::string::npos);
    CHECK(wrong("network: [a]\n").find("an existing engine network's name") != std::string::npos);
    CHECK(wrong("network: 'a b'\n").find("an existing engine network's name") != std::string::npos);
    CHECK(wrong("engine: docker\n").find("auto, podman") != std::string::npos);
    for (const char* value : {"forever", "1m2h", "366d", "-1", "[1d]", "null"})
        CHECK(wrong(std::string("keep_finished: ") + value + "\n").find("a time such as 90s") != std::string::npos);
    CHECK(wrong("- a\n") != "");
    CHECK(wrong("engine: [\n") != "");
}

TEST_CASE("isagd.yaml: a file that is not there means the defaults, a bad one is an error that names it") {
    const test::TempFolder folder;
    const auto file = folder.path() / "isagd.yaml";
    CHECK(load_daemon_settings(file) == DaemonSettings{});
    std::ofstream(file) << "network: lab\n";
    CHECK(load_daemon_settings(file).network == "lab");
    std::ofstream(file) << "network: {}\n";
    try {
        load_daemon_settings(file);
        FAIL("no error");
    } catch (const Error& error) {
        CHECK(error.message().find(file.string() + ":1:10: network: ") == 0);
    }
}

}  // namespace
}  // namespace isag::config

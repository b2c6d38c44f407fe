// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/home.hpp"
#include <deque>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <set>

namespace isag {
using test::Home;
using test::Running;

TEST_CASE("ten sandboxes of two configurations run at once, started from ten shells") {
    const Home home;
    home.write(home.project() / "other.yaml", Home::yaml("claude", "limit_network: null\nenv: {OTHER: 1}\n"));
    std::deque<Running> running;
    for (int i = 0; i < 10; ++i)
        running.push_back(home.start(
            {"run", "-c", i % 2 == 0 ? "isag.yaml" : "other.yaml", "--", "sh", "-c", "echo it-runs; exec sleep 1000"}));
    for (auto& one : running) one.expect("it-runs");
    const auto names = home.names();
    const std::set<std::string> expected{"isag",   "isag-2", "isag-3", "isag-4", "isag-5",
                                         "isag-6", "isag-7", "isag-8", "isag-9", "isag-10"};
    CHECK((std::set<std::string>(names.begin(), names.end()) == expected));
    CHECK(home.containers("agent").size() == 10);
    CHECK(home.containers("gate").size() == 10);
    CHECK(home.stop_all() == "");
    for (auto& one : running) CHECK(one.wait() >= 128);
}

TEST_CASE("a sandbox is found by its name or the start of it, and listed as JSON") {
    const Home home;
    Running web = home.start_sandbox({"--name", "web"});
    Running worker = home.start_sandbox({"--name", "worker"});
    CHECK(home.isag({"run", "--name", "web", "--", "true"}).status == 125);

    const auto listed = nlohmann::json::parse(home.isag({"ps", "--json"}).out);
    REQUIRE(listed.size() == 2);
    CHECK(listed[0].at("name") == "web");
    CHECK(listed[0].at("status") == "running");
    CHECK(listed[0].at("agent") == "claude");
    CHECK(listed[0].at("project") == home.project().string());
    CHECK(listed[0].at("config") == home.config());

    const auto unclear = home.isag({"stop", "w"});
    CHECK(unclear.status != 0);
    CHECK(unclear.err.find("worker") != std::string::npos);
    CHECK(home.isag({"stop", "-t", "1", "wo"}).out == "worker\n");
    CHECK(worker.wait() >= 128);
    CHECK(home.names() == std::vector<std::string>{"web"});
    CHECK(home.isag({"stop", "-t", "1"}).out == "web\n");  // the only one of ./isag.yaml
    CHECK(web.wait() >= 128);
    CHECK(home.leftovers() == "");
}

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/operations.hpp"
#include "daemon/api/artifacts.hpp"
#include "daemon/api/peer.hpp"
#include "tests/daemon/api/served.hpp"
#include <doctest/doctest.h>
#include <fstream>
#include <sys/wait.h>

using namespace isag;
using namespace isag::test;

namespace {

struct Project : Served {
    using Served::Served;
    std::filesystem::path write(const std::string& yaml) const {
        std::filesystem::create_directories(folder() / "web");
        std::ofstream(folder() / "web/isag.yaml") << yaml;
        return folder() / "web/isag.yaml";
    }
    nlohmann::json source(const std::string& yaml) const {
        return {{"path", write(yaml).string()}, {"environment", {{"HOME", (folder() / "home").string()}}}};
    }
    nlohmann::json run_request(const std::string& yaml) const {
        return {{"config", source(yaml)}, {"image", {{"rebuild", false}, {"no_cache", false}, {"pull", false}}},
                {"arguments", {"true"}},  {"extra_environment", nlohmann::json::object()},
                {"detach", false},        {"learn", false},
                {"save_learned", false},  {"publish", nlohmann::json::array()}};
    }
};

void no_engine(const FakeRequest&, FakeExchange& exchange) { exchange.answer(404, "{}"); }

}  // namespace

TEST_CASE("find_operation: each row by its exact name") {
    for (const char* name :
         {"attach", "build", "config.check", "config.show", "config.template", "events", "exec", "hello", "logs",
          "net.change", "net.check", "net.log", "net.show", "ps", "resume", "run", "stop", "unpause", "wait"})
        CHECK(bool(api::find_operation(name)));
    for (const char* name : {"", "Run", "run ", "config", "config.", "zzz"})
        CHECK_FALSE(bool(api::find_operation(name)));
}

TEST_CASE("check_peer: this user's processes are served, others' and those that can't be seen are not") {
    CHECK_FALSE(api::check_peer(::getpid(), ::geteuid()).has_value());
    CHECK(api::check_peer(::getpid(), ::geteuid() + 1)->message == "its user is " + std::to_string(::geteuid() + 1));
    CHECK(api::check_peer(0x3fffffff, ::geteuid()).has_value());
    CHECK(api::check_peer(0, ::geteuid()).has_value());  // in a pid namespace that we don't see into
}

TEST_CASE("artifacts_folder: the config's folder and a hash of its path") {
    const auto folder = api::artifacts_folder("/cache", "/home/pat/web/isag.yaml");
    CHECK(folder.parent_path() == "/cache");
    CHECK(folder.filename().string().starts_with("web_"));
    CHECK(folder.filename().string().size() == 4 + 12);
    CHECK(folder != api::artifacts_folder("/cache", "/home/sam/web/isag.yaml"));
}

TEST_CASE("config.check: all findings with their places, without asking the engine") {
    Project project(no_engine);
    auto client = project.client();
    client.greet();
    client.request(
        2, "config.check",
        project.source("project: .:/workspace/project:rw\nagnet:\n  vendor: claude\ncontainer:\n  pids: 0\n"));
    const auto findings = client.receive()["result"]["findings"];
    REQUIRE(findings.size() == 2);
    CHECK(findings[0]["line"] == 2);
    CHECK(findings[1]["key"] == "container.pids");
    CHECK(project.engine().asked().empty());
}

TEST_CASE("config.show: a path that is relative, missing, or no file is refused") {
    Project project(no_engine);
    auto client = project.client();
    client.greet();
    for (const std::string& path :
         {std::string("isag.yaml"), (project.folder() / "none.yaml").string(), std::string("/")}) {
        client.request(2, "config.show", {{"path", path}, {"environment", nlohmann::json::object()}});
        CHECK_FALSE(client.receive_error().empty());
    }
}

TEST_CASE("run: what is wrong is said before anything is made") {
    Project project(engine_there);
    auto client = project.client();
    client.greet();
    auto request = project.run_request("project: .:/workspace/project:rw\n");
    request["name"] = "../x";
    client.request(2, "run", request);
    CHECK(client.receive_error() == "the name '../x' can't be used");
    client.request(3, "run", project.run_request("project: .:/workspace/project:rw\nmounts:\n  - /:/host:rw\n"));
    CHECK(client.receive_error().find("/ is the whole file system") != std::string::npos);
    client.request(4, "run", project.run_request("project: ./missing:/workspace/project:rw\n"));
    CHECK(client.receive_error().find("project: ") != std::string::npos);
    for (const auto& asked : project.engine().asked()) CHECK_FALSE(asked.starts_with("POST"));
    client.request(5, "ps", {{"all", false}});
    CHECK(client.receive()["result"]["sandboxes"].empty());
}

TEST_CASE("run: without an engine the error says what was tried, and leaves nothing") {
    Project project(no_engine);
    auto client = project.client();
    client.greet();
    client.request(2, "run", project.run_request("project: .:/workspace/project:rw\n"));
    const auto error = client.receive()["error"];
    CHECK(error["message"].get<std::string>().starts_with("DOCKER_HOST: what listens at "));
    CHECK(std::filesystem::is_empty(project.folder() / "state/sandboxes"));
}

TEST_CASE("stop: all of nothing is done at once, and asks for what an earlier isagd left") {
    Project project(engine_there);
    auto client = project.client();
    client.greet();
    client.request(2, "stop", {{"names", nlohmann::json::array()}, {"all", true}, {"seconds", 10}});
    CHECK(client.receive()["result"]["stopped"].empty());
}

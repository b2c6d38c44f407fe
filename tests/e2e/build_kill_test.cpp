// SPDX-License-Identifier: Apache-2.0
#include "common/error.hpp"
#include "tests/e2e/home.hpp"
#include "tests/e2e/place.hpp"
#include <doctest/doctest.h>
#include <functional>

// Whatever is killed in the middle of a build, after `isag stop --all` nothing of the builder's is left.
namespace isag {
using test::docker;
using test::Home;
using test::Running;
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::minutes step_limit{10};

// Its steps are those of the other tests' image, up to one that takes a while and then fails.
std::string failing_config(const std::string& package) {
    return "project: .:/workspace/project:rw\n"
           "agent: {vendor: claude}\n"
           "container: {name: isag, base_image: \"debian:12\", python: \"3.11\", extra_packages: [" +
           package + "]}\n";
}

// What the builder printed so far; empty before it began.
std::string build_log(const Home& home) {
    std::error_code error;
    for (const auto& folder : fs::directory_iterator(test::shared_cache() / "isag", error)) {
        const auto meta = read_file(folder.path() / "meta.json");
        if (!meta || meta->find('"' + home.config() + '"') == std::string::npos) continue;
        const auto log = read_file(folder.path() / "build.log");
        return log ? *log : std::string();
    }
    return {};
}

// The container of the step that installs that package; nothing while the builder is not there yet.
std::string step_container(const Home& home, const std::string& package) {
    const std::string log = build_log(home);
    const std::string words = " ---> Running in ";
    const auto at = log.find(words, std::min(log.find(package), log.size()));
    if (at == std::string::npos || log.find('\n', at) == std::string::npos) return {};
    return log.substr(at + words.size(), 12);
}

bool is_there(const std::string& container) { return docker({"inspect", container}).status == 0; }

void in_a_build(const std::string& package, const std::function<void(const Home&, Running&)>& kill) {
    const Home home;
    home.write(home.config(), failing_config(package));
    Running build = home.start({"build"});
    std::string container;
    const auto runs = [&] { return !(container = step_container(home, package)).empty() || build.has_ended(); };
    REQUIRE(test::eventually(runs, step_limit));
    REQUIRE_MESSAGE(!container.empty(), build.err());
    kill(home, build);
    CHECK(home.stop_all() == "");
    CHECK(test::eventually([&] { return !is_there(container); }));
    CHECK(build.wait() != 0);
}

}  // namespace

TEST_CASE("a client killed in the middle of a build ends the build, and its container goes") {
    in_a_build("no-such-package-1", [](const Home&, Running& build) { build.signal(SIGKILL); });
}

TEST_CASE("a client interrupted in the middle of a build ends the build, and its container goes") {
    in_a_build("no-such-package-2", [](const Home&, Running& build) { build.signal(SIGINT); });
}

TEST_CASE("isagd killed in the middle of a build: the engine ends the build, and its container goes") {
    in_a_build("no-such-package-3", [](const Home& home, Running&) { home.signal_daemon(SIGKILL); });
}

TEST_CASE("isagd ended in the middle of a build ends the build, and its container goes") {
    in_a_build("no-such-package-4", [](const Home& home, Running&) { home.signal_daemon(SIGTERM); });
}

TEST_CASE("what an engine that was killed leaves of a build is removed by the next isag stop --all") {
    const Home home;
    const auto make = [](const std::string& role) {
        const auto made = docker({"create", "--label", "isag.role=" + role, "debian:bookworm", "true"});
        REQUIRE_MESSAGE(made.status == 0, made.err);
        return made.out.substr(0, 12);
    };
    const std::string left = make("build");
    const std::string foreign = make("somebody-elses");
    for (const auto& id : {left, foreign}) home.write(home.state() / "build-steps" / id, "");
    fs::permissions(home.state(), fs::perms::owner_all);
    fs::permissions(home.state() / "build-steps", fs::perms::owner_all);
    CHECK(home.stop_all() == "");
    CHECK(!is_there(left));
    CHECK(is_there(foreign));
    CHECK(docker({"rm", foreign}).status == 0);
}

}  // namespace isag

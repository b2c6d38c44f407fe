// SPDX-License-Identifier: Apache-2.0
// The rules of security.md that a sandbox keeps from the start, on the real engine.
#include "daemon/sandbox/verify.hpp"
#include "tests/daemon/sandbox_engine/lab.hpp"
#include <doctest/doctest.h>
#include <fstream>

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace isag;
using namespace isag::sandbox;
using namespace isag::test;

namespace {

Said say(Lab& lab, const std::string& script) {
    Said said;
    lab.run([&](Registry& registry) { return lab.say(registry, script, said); });
    return said;
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

asio::awaitable<void> start_replaced(Lab& lab, Registry& registry, std::function<void()> replace,
                                     std::string& failure) {
    SpawnedProcess main;
    try {
        co_await lab.start(registry, "touch /workspace/project/ran", main, std::move(replace));
    } catch (const Error& error) {
        failure = error.message();
    }
    co_await registry.settle();
}

// Starts a sandbox while something on the disk is replaced after it was looked at. What the start said.
std::string replaced(Lab& lab, const std::function<void()>& replace) {
    std::string failure;
    lab.run([&](Registry& registry) { return start_replaced(lab, registry, replace, failure); });
    CHECK_FALSE(fs::exists(lab.project() / "ran"));  // the main command never ran
    return failure;
}

}  // namespace

TEST_CASE("S1: the agent, and init before it, hold nothing that they need not") {
    USE_REAL_ENGINE(real);
    Lab lab(*real);
    const auto agent = agent_for(lab.config, {::getuid(), ::getgid()});
    for (const char* process : {"self", "1"}) {
        const auto said = say(lab, "cat /proc/" + std::string(process) + "/status");
        CHECK(said.status.code == 0);
        const auto failure = check_rights(parse_status(said.out), agent);
        CHECK_FALSE(failure.has_value());
    }
    const auto said = say(lab, "id -u; id -g; ls /dev | tr '\\n' ' '; ls /sys/class/net");
    CHECK(said.out.starts_with(std::to_string(agent.uid) + "\n" + std::to_string(agent.gid) + "\n"));
    CHECK_FALSE(holds(said.out, "sda"));
}

TEST_CASE("D6: what the agent runs can neither trace init nor reach what it holds") {
    USE_REAL_ENGINE(real);
    Lab lab(*real);
    for (const char* look : {"ls /proc/1/fd", "cat /proc/1/environ", "readlink /proc/1/exe", "ls /proc/1/root/"})
        CHECK(say(lab, look).status.code != 0);
    CHECK(say(lab, "ls /proc/self/fd; readlink /proc/self/exe").status.code == 0);
}

TEST_CASE("S4: a fork bomb ends at its limit, nothing dumps core, open files are bounded") {
    USE_REAL_ENGINE(real);
    Lab lab(*real);
    lab.config.container.pids = 40;
    const auto bomb = say(lab, "i=0; while [ $i -lt 200 ]; do sleep 60 & i=$((i+1)); done");
    CHECK(bomb.status.code != 0);
    CHECK(holds(bomb.err, "fork"));
    const auto limits = say(lab, "ulimit -c; ulimit -Hc; ulimit -Hn");
    REQUIRE(limits.out.starts_with("0\n0\n"));
    CHECK(std::stoi(limits.out.substr(4)) <= 65536);
}

TEST_CASE("S4: memory is bounded, though the config says nothing of it") {
    USE_REAL_ENGINE(real);
    Lab lab(*real);
    const auto said = say(lab, "cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null");
    CHECK(holds(said.out, std::to_string((std::int64_t{1} << 30) / 4 * 3)));
}

TEST_CASE("F2: what is excluded reads empty and can't be moved away, what is protected can't be changed") {
    USE_REAL_ENGINE(real);
    Lab lab(*real);
    lab.write("keys/deep/secret", "s3cret");
    lab.write("vault/token", "s3cret");
    lab.write(".git/config", "[core]\n");
    lab.write(".git/hooks/pre-commit", "#!/bin/sh\n");
    lab.config.exclude.files = {lab.project() / "keys/deep/secret"};
    lab.config.exclude.folders = {lab.project() / "vault"};
    const auto said =
        say(lab,
            "cd /workspace/project; cat keys/deep/secret; ls -A vault;"
            "mv keys keys2; mv keys/deep keys/deep2; mv .git .git2; mv keys/deep/secret x; rm -rf vault;"
            "echo x >> .git/config; echo x > .git/hooks/pre-commit; echo x > .git/hooks/new;"
            "echo x > isag.yaml; echo x > vault/y; chmod 777 keys/deep/secret; touch .git/fine; echo end");
    CHECK(said.out == "end\n");
    CAPTURE(said.err);
    for (const std::string busy : {"'keys' to 'keys2'", "'keys/deep' to 'keys/deep2'", "'.git' to '.git2'",
                                   "cannot remove 'keys/deep/secret'"}) {
        CAPTURE(busy);
        CHECK(holds(said.err, busy + ": Device or resource busy"));
    }
    CHECK(fs::exists(lab.project() / "vault/token"));
    CHECK(fs::exists(lab.project() / ".git/fine"));  // the rest is the agent's
    CHECK_FALSE(fs::exists(lab.project() / ".git/hooks/new"));
    CHECK(fs::file_size(lab.project() / ".git/config") == 7);
    CHECK(fs::file_size(lab.project() / "isag.yaml") > 5);
}

TEST_CASE("F7: what the agent makes belongs to it, on the host as well") {
    USE_REAL_ENGINE(real);
    Lab lab(*real);
    say(lab, "touch /workspace/project/made");
    const auto agent = agent_for(lab.config, {::getuid(), ::getgid()});
    CHECK(open_source(lab.project() / "made")->uid == agent.uid);
}

TEST_CASE("F1, S3: a mount that was replaced after it was looked at kills the sandbox before anything runs") {
    USE_REAL_ENGINE(real);
    Lab lab(*real);
    lab.config.mounts.push_back({lab.project() / "outputs", "/outputs", config::Access::read_write, "mounts[0]"});
    fs::create_directory(lab.home() / "keys");
    const auto failure = replaced(lab, [&] {
        fs::remove(lab.project() / "outputs");
        fs::create_directory_symlink(lab.home() / "keys", lab.project() / "outputs");
        if (::geteuid() == 0) CHECK(::lchown((lab.project() / "outputs").c_str(), 4711, 4711) == 0);
    });
    CHECK(holds(failure, "the sandbox is not what was asked for: "));
    CHECK(holds(failure, "outputs is a symbolic link to "));
    fs::remove(lab.project() / "outputs");
    const auto other = replaced(lab, [&] {
        fs::rename(lab.project() / "outputs", lab.project() / "before");
        fs::create_directory(lab.project() / "outputs");
    });
    CHECK(holds(other, "outputs was replaced while the sandbox started"));
}

TEST_CASE("F1, S3: so does a folder above something protected") {
    USE_REAL_ENGINE(real);
    Lab lab(*real);
    lab.write(".git/config", "[core]\n");
    fs::create_directory(lab.home() / "keys");
    std::ofstream(lab.home() / "keys/config") << "s3cret";
    const auto failure = replaced(lab, [&] {
        fs::rename(lab.project() / ".git", lab.project() / "before");
        fs::create_directory_symlink(lab.home() / "keys", lab.project() / ".git");
    });
    CHECK(holds(failure, "the sandbox is not what was asked for: "));
}

// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"
#include "tests/client/forward/loopback.hpp"
#include "tests/e2e/home.hpp"
#include <doctest/doctest.h>
#include <filesystem>
#include <sys/stat.h>

// OpenSSH's programs, rsync and git by the entries of isag ssh-config.
namespace isag {
using test::eventually;
using test::Finished;
using test::Home;

namespace {

// A home whose ~/.ssh/config includes isag's entries, and a sandbox that runs. (ssh asks the user database for its
// home, not $HOME: so it is told the file.)
struct Desk {
    Home home;
    std::string config = (home.file("h") / ".ssh/config").string();

    Desk() {
        const auto installed = home.isag({"ssh-config", "--install"});
        REQUIRE_MESSAGE(installed.status == 0, installed.err);
        const auto started = home.isag({"run", "-d", "--name", "desk", "--", "sleep", "1000"});
        REQUIRE_MESSAGE(started.status == 0, started.err);
    }
    Finished tool(std::vector<std::string> words, std::string_view input = {}) const {
        words.insert(words.begin() + 1, {"-F", config});
        return test::run_program(words, home.environment, input);
    }
    std::string entries() const { return read_file(home.state() / "ssh_config").value(); }
};

}  // namespace

TEST_CASE("by isag's entries ssh, scp, sftp and rsync reach a sandbox, and ssh forwards a port into it") {
    const Desk desk;
    const auto ran = desk.tool({"ssh", "isag-desk", "pwd; cat; echo oops >&2; exit 3"}, "in\n");
    CHECK_MESSAGE(ran.status == 3, ran.err);
    CHECK(ran.out.ends_with("\nin\n"));
    CHECK(ran.err == "oops\n");

    const std::string large(3'000'000, 'x');
    const auto sent = desk.home.file("sent").string(), got = desk.home.file("got").string();
    desk.home.write(sent, large);
    CHECK(desk.tool({"scp", sent, "isag-desk:/tmp/sent"}).status == 0);
    CHECK(desk.tool({"scp", "isag-desk:/tmp/sent", got}).status == 0);
    CHECK(read_file(got).value() == large);
    CHECK(desk.tool({"sftp", "-b", "-", "isag-desk"}, "rename /tmp/sent /tmp/renamed\n").status == 0);
    CHECK(desk.tool({"ssh", "isag-desk", "wc -c < /tmp/renamed"}).out == "3000000\n");

    auto with_ssh = desk.home.environment;
    with_ssh["RSYNC_RSH"] = "ssh -F " + desk.config;
    const auto synced = test::run_program({"rsync", "-a", sent, "isag-desk:/tmp/synced"}, with_ssh);
    CHECK_MESSAGE(synced.status == 0, synced.err);
    CHECK(desk.tool({"ssh", "isag-desk", "wc -c < /tmp/synced"}).out == "3000000\n");

    const auto there = desk.home.isag(
        {"exec", "desk", "--", "bash", "-c", "python3 -m http.server 8000 --bind 127.0.0.1 >/dev/null 2>&1 &"});
    CHECK(there.status == 0);
    CHECK(eventually([&] {
        return desk.tool({"ssh", "-W", "localhost:8000", "isag-desk"}, "GET / HTTP/1.0\r\n\r\n").out.find("200 OK") !=
               std::string::npos;
    }));
    CHECK(desk.home.stop_all() == "");
}

// What VS Code and JetBrains Gateway do: one session starts their server, which listens on loopback; the window talks
// to it through that session's SOCKS port or a forwarded one, and further sessions share the connection.
TEST_CASE("a server that an ssh session starts is reached through the session's own forwards, and others share it") {
    const Desk desk;
    const auto port = std::to_string(test::listen_on_loopback().port);
    const auto shared = "ControlPath=" + desk.home.file("control").string();
    const auto forwarded = desk.home.file("forwarded").string();
    test::Running session(
        {"ssh", "-F", desk.config, "-T", "-o", "ControlMaster=yes", "-o", shared, "-D", "127.0.0.1:" + port, "-L",
         forwarded + ":127.0.0.1:8001", "isag-desk", "python3 -m http.server 8001 --bind 127.0.0.1"},
        desk.home.environment, desk.home.file("session"));
    const auto curl = [&](std::vector<std::string> words) {
        words.insert(words.begin(), {"curl", "-sS", "--noproxy", ""});
        words.push_back("http://localhost:8001/");
        return test::run_program(words, desk.home.environment).status == 0;
    };
    CHECK(eventually([&] { return curl({"--socks5-hostname", "127.0.0.1:" + port}); }));
    CHECK(curl({"--unix-socket", forwarded}));
    CHECK(desk.tool({"ssh", "-o", shared, "isag-desk", "echo $PPID"}).out ==
          desk.tool({"ssh", "-o", shared, "isag-desk", "echo $PPID"}).out);
    CHECK(desk.tool({"ssh", "-o", shared, "-O", "exit", "isag-desk"}).status == 0);
    session.wait();
    CHECK(desk.home.stop_all() == "");
}

TEST_CASE("git clones from a sandbox and pushes to it by isag's entries") {
    const Desk desk;
    auto with_ssh = desk.home.environment;
    with_ssh["GIT_SSH_COMMAND"] = "ssh -F " + desk.config;
    for (const char* role : {"AUTHOR", "COMMITTER"}) {
        with_ssh["GIT_" + std::string(role) + "_NAME"] = "Ann";
        with_ssh["GIT_" + std::string(role) + "_EMAIL"] = "ann@example.com";
    }
    CHECK(desk.tool({"ssh", "isag-desk", "git init -q --bare -b main /tmp/repo"}).status == 0);
    const auto clone = desk.home.file("clone").string();
    const auto git = [&](std::vector<std::string> words) {
        words.insert(words.begin(), "git");
        const auto done = test::run_program(words, with_ssh);
        CHECK_MESSAGE(done.status == 0, done.err);
        return done.out;
    };
    git({"clone", "-q", "ssh://isag-desk/tmp/repo", clone});
    git({"-C", clone, "checkout", "-q", "-b", "main"});
    git({"-C", clone, "commit", "-q", "--allow-empty", "-m", "one"});
    git({"-C", clone, "push", "-q", "origin", "main"});
    CHECK(desk.tool({"ssh", "isag-desk", "git -C /tmp/repo log --format=%s main"}).out == "one\n");
    CHECK(desk.home.stop_all() == "");
}

TEST_CASE("isagd's entries follow the sandboxes that run, and a killed isagd's successor keeps them") {
    const Desk desk;
    CHECK(desk.entries().find("Host isag-desk\n") != std::string::npos);
    CHECK(desk.home.isag({"ssh-config"}).out == desk.entries());
    CHECK(desk.home.isag({"ssh-config", "--json"}).out.find("\"host\": \"isag-desk\"") != std::string::npos);
    struct stat info {};
    CHECK(::stat((desk.home.state() / "ssh_config").c_str(), &info) == 0);
    CHECK((info.st_mode & 077) == 0);

    desk.home.signal_daemon(SIGKILL);
    CHECK(desk.tool({"ssh", "isag-desk", "true"}).status == 0);  // by the next isagd
    CHECK(desk.entries().find("Host isag-desk\n") != std::string::npos);

    CHECK(desk.home.isag({"stop", "desk"}).status == 0);
    CHECK(eventually([&] { return desk.entries().find("isag-desk") == std::string::npos; }));
    const auto uninstalled = desk.home.isag({"ssh-config", "--uninstall"});
    CHECK_MESSAGE(uninstalled.status == 0, uninstalled.err);
    CHECK(!std::filesystem::exists(desk.config));
    CHECK(desk.home.stop_all() == "");
}

TEST_CASE(
    "each entry reaches the sandbox of exactly its name, though another's is like it but for the isag- in front") {
    const Desk desk;
    for (const char* name : {"isag-desk", "desk-2"})
        REQUIRE(desk.home.isag({"run", "-d", "--name", name, "--", "sleep", "1000"}).status == 0);
    for (const std::string name : {"desk", "isag-desk"}) {
        REQUIRE(desk.home.isag({"exec", name, "--", "sh", "-c", "echo in " + name + " > /tmp/name"}).status == 0);
        CHECK(desk.tool({"ssh", "isag-" + name, "cat /tmp/name"}).out == "in " + name + "\n");
    }
    CHECK(desk.home.isag({"stop", "desk"}).status == 0);
    CHECK(desk.home.isag({"proxy", "--exact", "desk"}).status == 1);  // never desk-2
    CHECK(desk.home.stop_all() == "");
}

TEST_CASE("a sandbox that shows another host key is not talked to") {
    const Desk desk;
    const auto other = desk.home.file("other").string();
    REQUIRE(
        test::run_program({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", other}, desk.home.environment).status ==
        0);
    desk.home.write(desk.home.file("known"), "isag-desk " + read_file(other + ".pub").value());
    const std::string known = "UserKnownHostsFile=" + desk.home.file("known").string();
    const auto refused = desk.tool({"ssh", "-o", known, "isag-desk", "true"});
    CHECK(refused.status == 255);
    CHECK_MESSAGE(refused.err.find("erification failed") != std::string::npos, refused.err);
    CHECK(desk.home.stop_all() == "");
}

TEST_CASE("isag code opens VS Code on the project inside, once ssh knows the sandbox") {
    const Desk desk;
    const auto said = desk.home.file("said").string();
    desk.home.write(desk.home.file("bin") / "code", "#!/bin/sh\necho \"$@\" > " + said + "\n");
    std::filesystem::permissions(desk.home.file("bin") / "code", std::filesystem::perms(0755));
    auto environment = desk.home.environment;
    environment["PATH"] = desk.home.file("bin").string() + ":" + environment["PATH"];
    const auto opened = test::run_program(desk.home.command({"code"}), environment);
    CHECK_MESSAGE(opened.status == 0, opened.err);
    CHECK(read_file(said).value() == "--remote ssh-remote+isag-desk /workspace/project\n");
    const auto elsewhere = test::run_program(desk.home.command({"code", "desk", "lib/../src"}), environment);
    CHECK_MESSAGE(elsewhere.status == 0, elsewhere.err);
    CHECK(read_file(said).value() == "--remote ssh-remote+isag-desk /workspace/project/src\n");
    CHECK(desk.home.isag({"ssh-config", "--uninstall"}).status == 0);
    const auto unknown = test::run_program(desk.home.command({"code", "desk"}), environment);
    CHECK(unknown.status == 1);
    CHECK(unknown.err.find("isag ssh-config --install") != std::string::npos);
    CHECK(desk.home.stop_all() == "");
}

}  // namespace isag

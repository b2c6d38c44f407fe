// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"
#include "tests/e2e/home.hpp"
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <thread>

// What a command is told of sandboxes that went on, or ended, while no isagd was there: it starts the next one.
namespace isag {
using test::Home;
using test::Pty;

namespace {

void kill_daemon(const Home& home) {
    home.signal_daemon(SIGKILL);
    REQUIRE(home.daemon_ends());
}

std::string daemon_log(const Home& home) { return read_file(home.state() / "isagd.log", 1 << 20).value(); }

}  // namespace

TEST_CASE("the first command after isagd died knows what ended meanwhile, and what was printed last") {
    const Home home;
    for (const std::string first : {"ps", "logs", "wait"}) {
        CAPTURE(first);
        CHECK(home.isag({"run", "-d", "--name", first, "--", "sh", "-c",
                         "for i in 1 2 3 4 5 6 7 8; do echo line $i; sleep 0.1; done; exit 4"})
                  .status == 0);
        kill_daemon(home);
        std::this_thread::sleep_for(std::chrono::seconds(3));
        if (first == "ps") {
            CHECK(home.names().empty());
            const auto all = nlohmann::json::parse(home.isag({"ps", "-a", "--json"}).out);
            CHECK(all.at(0).at("status") == "ended");
        } else if (first == "logs") {
            CHECK(home.isag({"logs", first}).out.ends_with("line 8\r\n"));
        } else {
            CHECK(home.isag({"wait", first}).out == "4\n");
        }
    }
    const auto log = daemon_log(home);
    CHECK_MESSAGE(log.find(" E ") == std::string::npos, log);
    CHECK(home.stop_all() == "");
}

TEST_CASE("what a program printed while no isagd was there is in the first look at its log") {
    const Home home;
    CHECK(home.isag({"run", "-d", "--name", "web", "--", "sh", "-c",
                     "while [ ! -e go ]; do sleep 0.02; done; echo meanwhile; touch said; exec sleep 1000"})
              .status == 0);
    kill_daemon(home);
    home.write(home.project() / "go", "");
    REQUIRE(test::eventually([&] { return std::filesystem::exists(home.project() / "said"); }));
    CHECK(home.isag({"logs", "web"}).out == "meanwhile\r\n");
    CHECK(home.stop_all() == "");
}

TEST_CASE("what was refused is counted and listed at once by the next isagd") {
    const Home home("claude", "limit_network: {domains: [one.example]}\n");
    CHECK(home.isag({"run", "-d", "--name", "web", "--", "sleep", "1000"}).status == 0);
    for (const char* name : {"two.example", "three.example"}) home.isag({"exec", "web", "--", "getent", "hosts", name});
    const auto blocked = [&] { return nlohmann::json::parse(home.isag({"ps", "--json"}).out).at(0).at("blocked"); };
    REQUIRE(test::eventually([&] { return home.isag({"net", "log"}).out.find("three.example") != std::string::npos; }));
    const auto count = blocked();
    const auto log = home.isag({"net", "log"}).out;
    kill_daemon(home);
    CHECK(blocked() == count);
    CHECK(home.isag({"net", "log"}).out == log);
    kill_daemon(home);
    CHECK(home.isag({"net", "log"}).out == log);
    CHECK(home.stop_all() == "");
}

TEST_CASE("the full name of a sandbox that has ended means no other one that runs") {
    const Home home;
    CHECK(home.isag({"run", "-d", "--", "sh", "-c", "echo FIRST; exit 21"}).out == "isag\n");
    REQUIRE(home.isag({"wait", "isag"}).out == "21\n");
    CHECK(home.isag({"run", "-d", "--name", "isag-2", "--", "sh", "-c", "echo SECOND; exec sleep 1000"}).status == 0);
    CHECK(home.isag({"wait", "isag"}).out == "21\n");
    CHECK(home.isag({"logs", "isag"}).out == "FIRST\r\n");
    const std::string ended = "isag: the sandbox isag has ended (exit status 21)\n";
    for (const std::vector<std::string>& words : {std::vector<std::string>{"stop", "isag"},
                                                  {"exec", "isag", "hostname"},
                                                  {"net", "show", "isag"},
                                                  {"net", "deny", "x.example", "isag"},
                                                  {"ports", "isag"},
                                                  {"ssh", "isag", "true"},
                                                  {"cp", "isag:/etc/hosts", "-"}}) {
        const auto ran = home.isag(words);
        CHECK_MESSAGE(ran.err.starts_with(ended), words[0] << ": " << ran.err);
        CHECK(ran.status != 0);
    }
    CHECK(home.names() == std::vector<std::string>{"isag-2"});
    CHECK(home.isag({"stop", "isag-", "-t", "0"}).status == 0);
    const auto empty = home.isag({"wait", ""});
    CHECK(empty.err.starts_with("isag: the sandbox's name is empty\n"));
    CHECK(empty.status == 2);
    CHECK(home.stop_all() == "");
}

TEST_CASE("the terminal of a command by exec is resized after isagd was killed, too") {
    const Home home;
    CHECK(home.isag({"run", "-d", "--name", "web", "--", "sleep", "1000"}).status == 0);
    Pty pty(home.terminal({"exec", "web", "sh", "-c", "while :; do stty size; sleep 0.1; done"}));
    pty.expect("24 80");
    REQUIRE(home.replace_daemon(SIGKILL));
    CHECK(home.names() == std::vector<std::string>{"web"});
    bool wide = false;
    const auto follows = [&] {
        pty.resize(31, (wide = !wide) ? 101 : 99);  // one that comes while its client has not yet come back is lost
        try {
            pty.expect("31 ", std::chrono::seconds(1));
            return true;
        } catch (const std::exception&) {
            return false;
        }
    };
    CHECK(test::eventually(follows, std::chrono::seconds(15)));
    CHECK(home.stop_all() == "");
}

}  // namespace isag

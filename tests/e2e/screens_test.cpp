// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/tmux.hpp"
#include <algorithm>
#include <doctest/doctest.h>

// Real full-screen programs, looked at by a terminal that attaches and one that never detached.
namespace isag {
using test::compare_screens;
using test::Home;
using test::Tmux;

namespace {

// The agent's screen while nothing moves in it.
void compare_frozen(const Home& home, const Tmux& tmux, const std::string& text) {
    const auto agents = home.containers("agent");
    REQUIRE(agents.size() == 1);
    REQUIRE(test::docker({"pause", agents[0]}).status == 0);
    compare_screens(home, tmux, "second", text);
    CHECK(test::docker({"unpause", agents[0]}).status == 0);
}

}  // namespace

TEST_CASE("vi's and less's screens come back, and go on where they were") {
    const Home home("claude", "");
    const Tmux tmux(home);
    tmux.start("first", home.command({"run", "--name", "shop", "--", "bash", "--norc"}));
    REQUIRE(tmux.shows("first", "bash-"));
    tmux.type("first", "seq 1000 > numbers; less numbers\n");
    REQUIRE(tmux.shows("first", "29"));
    tmux.type("first", "/500\n");
    REQUIRE(tmux.shows("first", "528"));
    compare_screens(home, tmux, "second", "528");
    tmux.type("first", "q");
    tmux.type("first", "vi numbers\n");
    REQUIRE(tmux.shows("first", "numbers\" "));
    tmux.type("first", "/700\nia line with \xc3\xa9 and \xe6\xbc\xa2");
    REQUIRE(tmux.shows("first", "a line with"));
    compare_screens(home, tmux, "third", "a line with");
    tmux.press("first", "Escape");
    tmux.type("first", ":x\n");
    REQUIRE(tmux.shows("first", "alternate 0"));  // what is typed before is vi's
    tmux.type("first", "grep -n line numbers; exit\n");
    CHECK(tmux.ends("first"));
    CHECK(home.isag({"logs", "--tail", "5", "shop"}).out.find("700:a line with") != std::string::npos);
    CHECK(home.stop_all() == "");
}

TEST_CASE("a larger terminal that only looks shows what the one that types does") {
    const Home home("claude", "");
    const Tmux tmux(home);
    REQUIRE(home.isag({"run", "-d", "--name", "shop", "--", "bash", "--norc"}).status == 0);
    tmux.start("types", home.command({"attach", "shop"}));
    REQUIRE(tmux.shows("types", "bash-"));
    tmux.start("looks", home.command({"attach", "shop"}), {140, 45});
    REQUIRE(tmux.shows("types", "another terminal is typing"));
    tmux.type("types", "\n");
    REQUIRE(tmux.shows("looks", "another terminal is typing"));
    const auto looks_alike = [&] {
        auto larger = tmux.rows("looks");
        const auto typed = tmux.rows("types");
        const bool has_more = std::any_of(larger.begin() + std::ssize(typed), larger.end(),
                                          [](const std::string& row) { return !row.empty(); });
        larger.resize(typed.size());
        return larger == typed && !has_more;
    };
    tmux.type("types", "for i in $(seq 100); do echo $i; printf 'w%.0s' {1..120}; echo; done; stty size\n");
    REQUIRE(tmux.shows("types", "30 100"));
    CHECK(test::eventually(looks_alike));
    tmux.type("types", "seq 300 > numbers; vi numbers\n");
    REQUIRE(tmux.shows("types", "numbers\" "));
    tmux.type("types", "GOlast line");
    REQUIRE(tmux.shows("types", "last line"));
    CHECK(test::eventually(looks_alike));
    CHECK(home.stop_all() == "");
}

TEST_CASE("claude's first screen comes back") {
    const Home home("claude", "");
    const Tmux tmux(home);
    REQUIRE(home.isag({"run", "-d", "--name", "shop", "--", "bash", "-c", "claude; sleep 1000"}).status == 0);
    tmux.start("first", home.command({"attach", "shop"}));  // whose screen has no line of isag run's own above
    REQUIRE(tmux.shows("first", "Welcome"));
    compare_frozen(home, tmux, "Welcome");
    CHECK(home.stop_all() == "");
}

TEST_CASE("codex's sign-in screen comes back") {
    const Home home("codex", "");
    const Tmux tmux(home);
    tmux.start("first", home.command({"run", "--name", "shop"}));
    REQUIRE(test::eventually([&] { return tmux.shown("first").find("Sign in") != std::string::npos; },
                             std::chrono::minutes(3)));  // copies and checks 400 MB of itself first
    compare_frozen(home, tmux, "Sign in");
    CHECK(home.stop_all() == "");
}

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/home.hpp"
#include <doctest/doctest.h>

namespace isag {
using test::Home;
using test::Pty;

namespace {

Pty::Options shell_in(const Home& home, const std::string& script) {
    return home.terminal({"run", "--", "bash", "-c", script});
}

}  // namespace

TEST_CASE("claude's first screen appears, Ctrl-C ends it, and the terminal is as before") {
    const Home home("claude", "");
    Pty pty(home.terminal({"run"}));
    pty.expect("Welcome");
    pty.expect("Claude");
    pty.type("\x03\x03");
    pty.wait();
    CHECK(pty.is_restored());
    CHECK(home.stop_all() == "");
}

TEST_CASE("codex asks to sign in, isag stop ends it, and the terminal is as before") {
    const Home home("codex", "");
    Pty pty(home.terminal({"run"}));
    pty.expect("Sign in with ChatGPT", std::chrono::minutes(3));  // copies and checks 400 MB of itself first
    CHECK(home.isag({"stop", "isag", "-t", "1"}).status == 0);
    const int status = pty.exit_code();
    CHECK((status == 0 || status == 128 + SIGTERM || status == 128 + SIGKILL));
    CHECK(pty.is_restored());
    CHECK(pty.output().rfind("\x1b[?1049l") > pty.output().rfind("\x1b[?1049h"));  // back from the full screen
    CHECK(home.leftovers() == "");
}

TEST_CASE("the terminal inside has the size of the one outside, at first and after each resize") {
    const Home home;
    auto options =
        shell_in(home, "trap 'stty size' WINCH; stty size; while :; do read -rt 0.1 -n 1 && break; done; exit 4");
    options.rows = 31;
    options.columns = 97;
    Pty pty(options);
    pty.expect("31 97");
    pty.resize(42, 133);
    pty.expect("42 133");
    pty.type("q");
    CHECK(pty.exit_code() == 4);
    CHECK(pty.is_restored());
}

TEST_CASE("Ctrl-C interrupts the program inside and not isag") {
    const Home home;
    Pty pty(shell_in(home, "trap 'echo interrupted; exit 7' INT; echo ready; sleep 1000 & wait"));
    pty.expect("ready");
    pty.type("\x03");
    pty.expect("interrupted");
    CHECK(pty.exit_code() == 7);
    CHECK(pty.is_restored());
}

TEST_CASE("Ctrl-Z stops a job of a shell inside, which brings it back") {
    const Home home;
    Pty pty(home.terminal({"run", "--", "bash", "--norc", "-i"}));
    const auto answers = [&pty](const std::string& word) {  // once as it is typed, once from the job
        pty.type(word + "\r");
        pty.expect(word);
        pty.expect(word);
    };
    pty.expect("$ ");
    // What the job prints says that it has the terminal: typed earlier, a key would be the shell's.
    pty.type("sh -c 'echo star''ted; exec cat'\r");
    pty.expect("started");
    answers("first");
    pty.type("\x1a");
    pty.expect("Stopped");
    pty.expect("exec cat");
    pty.expect("$ ");
    pty.type("fg\r");
    pty.expect("exec cat");
    answers("second");
    pty.type("\x03");
    pty.expect("$ ");
    pty.type("exit 9\r");
    CHECK(pty.exit_code() == 9);
    CHECK(pty.is_restored());
}

TEST_CASE("UTF-8 and pasted text pass through a terminal as they are") {
    const Home home;
    Pty pty(shell_in(home, "stty raw -echo; printf '\\033[?2004hgrüße→🦀ready'; head -c 20 | od -An -tx1 -w20"));
    pty.expect("\x1b[?2004hgrüße→🦀ready");
    pty.type("\x1b[200~a\nb\x1b[201~é🦀");
    pty.expect("1b 5b 32 30 30 7e 61 0a 62 1b 5b 32 30 31 7e c3 a9 f0 9f a6");
    CHECK(pty.exit_code() == 0);
    CHECK(pty.output().ends_with("\x1b[?2004l"));  // what the program left on is turned off
    CHECK(pty.is_restored());
}

TEST_CASE("a flood of 20 MB arrives whole in a terminal") {
    const Home home;
    Pty pty(shell_in(home, "stty -opost; yes | head -c 20000000; echo; echo the-end"));
    pty.expect_bytes(20'000'000);
    pty.expect("the-end");
    CHECK(pty.exit_code() == 0);
    CHECK(std::count(pty.output().begin(), pty.output().end(), 'y') >= 10'000'000);
    CHECK(pty.is_restored());
}

TEST_CASE("a client that a signal ends restores the terminal, and its sandbox runs on") {
    const Home home;
    for (const int number : {SIGTERM, SIGHUP, SIGKILL}) {
        Pty pty(shell_in(home, "printf '\\033[?1049h\\033[?25lready'; sleep 1000"));
        pty.expect("ready");
        pty.signal(number);
        CHECK(pty.exit_code() == 128 + number);
        if (number != SIGKILL) {
            CHECK(pty.is_restored());
            CHECK(pty.output().find("\x1b[?1049l") != std::string::npos);
        }
        CHECK(home.names() == std::vector<std::string>{"isag"});
        CHECK(home.stop_all() == "");
    }
}

TEST_CASE("isagd killed in the middle: the client goes on with the next one, and nothing is lost") {
    const Home home;
    Pty pty(shell_in(home,
                     "stty -echo; printf '\\033[?1049hready'; while read -r line; do echo \"<$line>\"; done; exit 5"));
    pty.expect("ready");
    for (const int number : {SIGKILL, SIGTERM, SIGKILL}) {
        const auto next = home.replace_daemon(number);
        REQUIRE(next);
        const std::string word = "after " + std::to_string(*next);
        pty.type(word + "\r");
        pty.expect("<" + word + ">");
    }
    pty.type("\x04");
    CHECK(pty.exit_code() == 5);
    CHECK(pty.is_restored());
    CHECK(test::eventually([&] { return home.leftovers().empty(); }));
}

}  // namespace isag

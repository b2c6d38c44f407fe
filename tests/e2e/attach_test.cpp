// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/tmux.hpp"
#include <ctime>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <thread>

namespace isag {
using test::Home;
using test::Pty;
using test::Tmux;

namespace {

// Draws a full screen: colours (from 16 on: the first ones have two names), attributes, wide characters, modes and a
// title; then echoes keys.
const std::string full_screen = R"(import sys, tty
w = sys.stdout.write
tty.setraw(0)
w('\033[?1049h\033[?1000;1006h\033[?25l\033[?1h\033=\033[?2004h\033]2;drawn\007')
for row in range(1, 29):
    w(f'\033[{row};{row}H\033[{30 + row % 8};{40 + (row + 3) % 8}m{row:>4}')
    w(f'\033[0;{[1, 2, 3, 4, 7, 9][row % 6]}m 漢字 e\u0301\033[38;5;{row * 8 + 8}mindexed\033[48;2;{row};9;200mtrue\033[0m')
w('\033[5;20r\033[12;3Hcomplete')
sys.stdout.flush()
while True:
    w('<' + sys.stdin.read(1) + '>')
    sys.stdout.flush()
)";

}  // namespace

TEST_CASE("a terminal that attaches shows what one that never detached shows, cell by cell") {
    const Home home("claude", "");
    home.write(home.project() / "draw.py", full_screen);
    const Tmux tmux(home);
    tmux.start("first", home.command({"run", "--name", "shop", "--", "bash", "--norc"}));
    REQUIRE(tmux.shows("first", "bash-"));  // its prompt
    tmux.type(
        "first",
        "stty -echo; for i in $(seq 200); do printf '\\033[3%dmline %d\\033[m\\n' $((i % 8)) $i; done; echo rea''dy\n");
    REQUIRE(tmux.shows("first", "ready"));
    compare_screens(home, tmux, "second", "ready", "line 100");
    tmux.type("first", "python3 draw.py\n");
    REQUIRE(tmux.shows("first", "complete"));
    compare_screens(home, tmux, "third", "complete", "line 100");
    home.signal_daemon(SIGKILL);
    tmux.type("first", "x");
    REQUIRE(tmux.shows("first", "<x>"));
    compare_screens(home, tmux, "fourth", "<x>", "line 100");
    CHECK(home.stop_all() == "");
}

TEST_CASE("Ctrl-P Ctrl-Q detaches, attach comes back, and the exit status is the program's") {
    const Home home;
    Pty first(
        home.terminal({"run", "--name", "shop", "--", "bash", "-c", "echo ready; read -r x; echo got $x; exit 3"}));
    first.expect("ready");
    first.type("\x10\x11");
    CHECK(first.exit_code() == 0);
    CHECK(first.is_restored());
    CHECK(first.output().find("detached from shop") != std::string::npos);
    CHECK(test::eventually([&] { return home.isag({"events"}).out.find("sandbox.detached") != std::string::npos; }));
    Pty second(home.terminal({"attach", "shop"}));
    second.expect("ready");
    second.type("it\r");
    second.expect("got it");
    CHECK(second.exit_code() == 3);
    CHECK(home.isag({"wait", "shop"}).out == "3\n");
    CHECK(home.isag({"ps", "-a"}).out.find("exited (3)") != std::string::npos);
    CHECK(home.isag({"logs", "shop"}).out.find("got it") != std::string::npos);
    CHECK(test::eventually([&] { return home.leftovers().empty(); }));
}

TEST_CASE(
    "a client whose sandbox ended while no isagd was there shows what was printed last, and exits as the program did") {
    enum { program_alone, container_too, and_is_removed };
    for (const int what : {program_alone, container_too, and_is_removed}) {
        CAPTURE(what);
        const Home home;
        const std::string program = "trap 'echo last words; exit 6' TERM; echo ready; while :; do sleep 0.1; done";
        Pty client(home.terminal({"run", "--name", "shop", "--", "sh", "-c", program}));
        client.expect("ready");
        const auto containers = home.containers("agent");
        REQUIRE(containers.size() == 1);
        client.signal(SIGSTOP);
        home.signal_daemon(SIGKILL);
        CHECK(home.daemon_ends());
        CHECK(test::docker({"kill", "-s", what == container_too ? "KILL" : "TERM", containers[0]}).status == 0);
        const auto ended = std::time(nullptr);
        std::this_thread::sleep_for(std::chrono::seconds(3));
        if (what == and_is_removed) CHECK(home.isag({"wait", "shop"}).out == "6\n");
        if (what == and_is_removed) CHECK(test::eventually([&] { return home.containers("agent").empty(); }));
        client.signal(SIGCONT);
        if (what != container_too) client.expect("last words");
        CHECK(client.exit_code() == (what == container_too ? 137 : 6));
        CHECK(client.is_restored());
        CHECK(client.output().find("error") == std::string::npos);
        const auto told = nlohmann::json::parse(home.isag({"ps", "-a", "--json"}).out);
        if (what != container_too) CHECK(told.at(0).at("ended").get<std::time_t>() <= ended + 1);
        CHECK(home.stop_all() == "");
    }
}

TEST_CASE("a terminal goes on with the next isagd byte for byte: nothing that it showed is painted over") {
    const Home home;
    Pty client(home.terminal({"run", "--", "sh", "-c", "echo ready; while read x; do echo got $x; done"}));
    client.expect("ready\r\n");
    for (const int number : {SIGKILL, SIGTERM}) {
        const auto shown = client.output().size();
        CHECK(home.replace_daemon(number));
        client.type("a\r");
        client.expect("got a\r\n");
        CHECK(client.output().substr(shown) == "a\r\ngot a\r\n");
    }
    CHECK(home.stop_all() == "");
}

TEST_CASE("run -d starts a sandbox with a terminal, whose questions are answered") {
    const Home home;
    const auto started = home.isag({"run", "-d", "--name", "shop", "--", "bash", "-c",
                                    "printf '\\033[6n'; read -rd R x; echo \"cursor ${x#*[}\"; read -r y; exit 4"});
    CHECK(started.status == 0);
    CHECK(started.out == "shop\n");
    const auto log = [&] { return home.isag({"logs", "shop"}).out; };
    CHECK(test::eventually([&] { return log().find("cursor 1;1") != std::string::npos; }));
    test::Running follows = home.start({"logs", "-f", "shop"});
    follows.expect("cursor 1;1");
    test::Running waits = home.start({"wait", "shop"});
    Pty pty(home.terminal({"attach", "shop"}));
    pty.type("\r");
    CHECK(pty.exit_code() == 4);
    CHECK(follows.wait() == 0);
    CHECK(waits.wait() == 0);
    CHECK(waits.out() == "4\n");
    const auto events = home.isag({"events"}).out;
    for (const char* what : {"sandbox.started", "sandbox.attached", "sandbox.ended  shop  code=4"})
        CHECK(events.find(what) != std::string::npos);
}

TEST_CASE("exec runs a command beside the program, with its streams or on a terminal") {
    const Home home("claude", "env: {FROM_CONFIG: 'yes'}\n");
    CHECK(home.isag({"run", "-d", "--name", "shop", "--", "sleep", "1000"}).status == 0);
    const auto ran = home.isag(
        {"exec", "-e", "A=b", "shop", "--", "sh", "-c", "cat; echo $A $FROM_CONFIG $PWD; echo err >&2; exit 9"}, "in");
    CHECK(ran.status == 9);
    CHECK(ran.out == "inb yes /workspace/project\n");
    CHECK(ran.err == "err\n");
    CHECK(home.isag({"events"}).out.find("sandbox.exec  shop  command=sh") != std::string::npos);
    CHECK(home.isag({"exec", "shop", "nosuch"}).status == 127);
    Pty pty(home.terminal({"exec", "shop", "bash", "-c", "stty size; read -r x; exit $x"}));
    pty.expect("24 80");
    pty.type("6\r");
    CHECK(pty.exit_code() == 6);
    test::Running runs = home.start({"exec", "shop", "--", "sh", "-c", "echo up; sleep 0.5; exit 8"});
    runs.expect("up");
    home.signal_daemon(SIGKILL);
    CHECK(runs.wait() == 8);
    {
        Pty leaves(home.terminal(
            {"exec", "shop", "bash", "-c", "trap 'touch hung-up; exit' HUP; echo up; while :; do sleep 0.1; done"}));
        leaves.expect("up");
    }
    CHECK(test::eventually([&] { return std::filesystem::exists(home.project() / "hung-up"); }));
    CHECK(home.stop_all() == "");
}

TEST_CASE("what a program may not do to the terminal is left out") {
    const Home home;
    Pty pty(home.terminal(
        {"run", "--", "bash", "-c", "printf 'a\\033]52;c;aGVsbG8=\\007b\\033[21tc\\033]52;c;?\\007d\\n'; exit 0"}));
    CHECK(pty.exit_code() == 0);
    CHECK(pty.output().find("abcd") != std::string::npos);
    CHECK(pty.output().find("]52") == std::string::npos);
    CHECK(pty.output().find("wrote to the clipboard") != std::string::npos);
}

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#include "client/late_answers.hpp"
#include "tests/client/session.hpp"
#include <chrono>
#include <doctest/doctest.h>
#include <thread>

// What a terminal answers to a program that is gone; the test is the terminal.
namespace isag {
using test::FakeDaemon;
using test::FakePeer;
using test::Pty;
using test::Session;
using test::Stage;

namespace {

constexpr const char* asked_last = "\x1b[c\x1b[6n\x1b]11;?\a";
constexpr const char* answered_late = "\x1b[?1;2c\x1b[2;1R\x1b]11;rgb:0000/0000/0000\a";

}  // namespace

TEST_CASE("answers that come after the program ended do not reach the shell, what is typed behind them does") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        Session session(peer);
        session.print(asked_last);
        session.exit(0);
    });
    Pty pty(stage.terminal({}));
    pty.expect(asked_last);
    pty.expect("\x1b[c", std::chrono::seconds(5));
    CHECK(!pty.is_restored());
    pty.type(std::string(answered_late) + "\x1b[?1;2cls\r");
    CHECK(pty.exit_code() == 0);
    CHECK(pty.is_restored());
    CHECK(pty.left_to_read() == "ls\r");
    CHECK(daemon.failure() == "");
}

TEST_CASE("detached, the answers to what was asked just before do not reach the shell either") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        Session session(peer);
        session.print("ready");
        session.read(1);
        session.print("\x1b[?1049h\x1b[>0q\x1b[6n");
        session.wait_for_end();
    });
    Pty pty(stage.terminal({}));
    pty.expect("ready");
    pty.type("x");
    pty.expect("\x1b[6n");
    pty.type("\x10\x11");
    pty.expect("\x1b[?1049l\x1b[c");
    pty.type("\x1bP>|xterm(1)\x1b\\\x1b[2;1R");
    pty.type("\x1b[?62;4c");
    CHECK(pty.exit_code() == 0);
    CHECK(pty.is_restored());
    CHECK(pty.left_to_read() == "");
    CHECK(daemon.failure() == "");
}

TEST_CASE("a terminal that never answers keeps isag for a moment only") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        Session session(peer);
        session.print("\x1b[?1049h\x1b[6n");
        session.exit(3);
    });
    Pty pty(stage.terminal({}));
    pty.expect("\x1b[?1049l\x1b[c");
    pty.type("\x1b[2;1");
    CHECK(pty.exit_code() == 3);
    CHECK(pty.is_restored());
    CHECK(pty.left_to_read() == "");
    CHECK(daemon.failure() == "");
}

TEST_CASE("while the program runs it gets the answers, and where it asked nothing isag asks nothing at the end") {
    const Stage stage;
    std::string typed;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        Session session(peer);
        session.print(asked_last);
        typed = session.read(std::string_view(answered_late).size());
        session.print("answered");
        std::this_thread::sleep_for(LateAnswers::come_within + std::chrono::milliseconds(100));
        session.print("\x1b[?1049h\x1b[5 q\x1b[1mdone");
        session.exit(0);
    });
    Pty pty(stage.terminal({}));
    pty.expect(asked_last);
    pty.type(answered_late);
    pty.expect("answered");
    pty.expect("done");
    CHECK(pty.exit_code() == 0);
    CHECK(typed == answered_late);
    pty.expect("\x1b[?1049l");
    CHECK(pty.output().rfind("\x1b[c") == pty.output().find("\x1b[c"));
    CHECK(daemon.failure() == "");
}

}  // namespace isag

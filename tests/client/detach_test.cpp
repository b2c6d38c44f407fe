// SPDX-License-Identifier: Apache-2.0
#include "tests/client/session.hpp"
#include <doctest/doctest.h>

namespace isag {
using test::FakeDaemon;
using test::FakePeer;
using test::Pty;
using test::Session;
using test::Stage;

TEST_CASE("a person leaves a program that switched on another keyboard protocol, and what it set is taken back") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        Session session(peer);
        session.print("\x1b[>5u\x1b]11;#202020\a\x1b]4;1;red\aready");
        CHECK(session.read(14) == "\x1b[200~\x10\x11\x1b[201~");
        session.wait_for_end();
    });
    Pty pty(stage.terminal({}));
    pty.expect("ready");
    pty.wait_until_raw();
    pty.type("\x1b[200~\x10\x11\x1b[201~");
    pty.type("\x1b[112;133u\x1b[113;133u");
    CHECK(pty.exit_code() == 0);
    CHECK(pty.output().find("\x1b[<1u") != std::string::npos);
    CHECK(pty.output().find("\x1b]104;1\a\x1b]111\a") != std::string::npos);
    CHECK(daemon.failure() == "");
    CHECK(pty.is_restored());
}

TEST_CASE(
    "a sequence that does not get whole is typed after a moment, and whoever types on slowly leaves all the same") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        Session session(peer);
        session.print("ready");
        CHECK(session.read(9) == "\x1b[112;5:2");
        session.print("typed");
        session.wait_for_end();
    });
    Pty pty(stage.terminal({}));
    pty.expect("ready");
    pty.wait_until_raw();
    pty.type("\x1b[112;5:2");
    pty.expect("typed");
    pty.type("\x1b[112;");
    pty.type("5u\x1b[I\x1b[1");
    pty.type("13;5u");
    CHECK(pty.exit_code() == 0);
    CHECK(daemon.failure() == "");
    CHECK(pty.is_restored());
}

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#include "proto/session.hpp"
#include "tests/client/session.hpp"
#include <doctest/doctest.h>

// What isag says in the title of a terminal in which a program sets titles too.
namespace isag {
using test::FakeDaemon;
using test::FakePeer;
using test::Pty;
using test::Session;
using test::Stage;

TEST_CASE("that another terminal types stands in the title until it is over, when the program's latest is put back") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        Session session(peer);
        session.print("\x1b]0;first\aready");
        session.read(1);
        peer.notify("turn", proto::Turn{false});
        session.read(1);
        for (const char* title : {"\x1b]0;sec", "ond\a", "\x1b]2;third\a", "printed"}) session.print(title);
        session.read(1);
        peer.notify("turn", proto::Turn{true});
        session.read(1);
        session.print("\x1b]2;fourth\a");
        session.exit(0);
    });
    Pty pty(stage.terminal({}));
    pty.expect("\x1b]0;first\aready");
    pty.type("x");
    pty.expect("\x1b]2;isag fake (another terminal is typing)\a");
    pty.type("x");
    pty.expect("printed");
    CHECK(pty.output().ends_with("typing)\aprinted"));
    pty.type("x");
    pty.expect("third\a");
    CHECK(pty.output().ends_with("printed\x1b]0;third\a"));
    pty.type("x");
    pty.expect("\x1b]2;fourth\a");
    CHECK(pty.exit_code() == 0);
    CHECK(pty.output().find("isag fake\a") == std::string::npos);
    CHECK(daemon.failure() == "");
}

TEST_CASE("while another terminal types this one's clipboard stays as it is") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        Session session(peer, "allow");
        session.print("\x1b]52;c;Zmlyc3Q=\aready");
        session.read(1);
        peer.notify("turn", proto::Turn{false});
        session.read(1);
        session.print("\x1b]52;c;c2Vjb25k\aprinted");
        session.read(1);
        session.exit(0);
    });
    Pty pty(stage.terminal({}));
    pty.expect("\x1b]52;c;Zmlyc3Q=\aready");
    pty.type("x");
    pty.expect("(another terminal is typing)\a");
    pty.type("x");
    pty.expect("printed");
    CHECK(pty.output().ends_with("typing)\aprinted"));
    pty.type("x");
    CHECK(pty.exit_code() == 0);
    CHECK(daemon.failure() == "");
}

TEST_CASE("a question stands in the title until it is answered, when the program's is put back") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        Session session(peer, "ask");
        session.print("\x1b]2;first\a\x1b]52;c;aGVsbG8=\a");
        session.read(1);
        session.print("\x1b]2;second\aprinted");
        session.read(1);
        session.exit(0);
    });
    Pty pty(stage.terminal({}));
    pty.expect("\x1b]2;first\a");
    pty.expect("\x1b]2;isag fake (copies 5 bytes to the clipboard? ctrl-p y lets it)\a");
    pty.type("x");
    pty.expect("printed");
    CHECK(pty.output().ends_with("lets it)\aprinted"));
    pty.type("\x10y");
    pty.expect("\x1b]52;c;aGVsbG8=\a\x1b]2;second\a");
    pty.type("x");
    CHECK(pty.exit_code() == 0);
    CHECK(daemon.failure() == "");
}

TEST_CASE("a session that ends or is left while something stands in the title puts the program's back") {
    for (const bool leaves : {false, true}) {
        CAPTURE(leaves);
        const Stage stage;
        FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
            Session session(peer);
            session.print("\x1b]2;mine\aready");
            session.read(1);
            peer.notify("turn", proto::Turn{false});
            if (leaves) return session.wait_for_end();
            session.read(1);
            session.exit(0);
        });
        Pty pty(stage.terminal({}));
        pty.expect("ready");
        pty.type("x");
        pty.expect("is typing)\a");
        pty.type(leaves ? "\x10\x11" : "x");
        CHECK(pty.exit_code() == 0);
        pty.expect("\x1b]2;mine\a");
        CHECK(daemon.failure() == "");
    }
}

}  // namespace isag

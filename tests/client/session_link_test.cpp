// SPDX-License-Identifier: Apache-2.0
#include "proto/session.hpp"
#include "tests/client/session.hpp"
#include <doctest/doctest.h>

// A terminal's session and what becomes of its line to isagd.
namespace isag {
using test::FakeDaemon;
using test::FakePeer;
using test::FakeTerminal;
using test::Pty;
using test::Session;
using test::Stage;

namespace {

// A daemon that goes away in the middle of a session, once a key was typed.
void go_away(FakePeer& peer, std::string_view screen) {
    Session session(peer);
    session.print(screen);
    session.read(1);
    peer.close();
}

}  // namespace

TEST_CASE("a daemon that goes away in the middle: the client asks the next one for its session, and goes on") {
    const Stage stage;
    int connection = 0;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        if (++connection == 1) return go_away(peer, "\x1b[?1049hready");
        const auto request = peer.expect("resume");
        const auto resume = proto::from_json<proto::ResumeRequest>(*request.payload, "resume").value();
        CHECK(resume.sandbox == "0123456789ab");
        CHECK(resume.process == 7);
        REQUIRE(resume.terminal);
        FakeTerminal terminal;
        peer.reply(request, proto::Nothing(), terminal.client_ends());
        REQUIRE(::write(terminal.agent.get(), "painted anew", 12) == 12);
        char key = 0;
        REQUIRE(::read(terminal.typed.get(), &key, 1) == 1);
        CHECK(key == 'y');
        terminal.agent.reset();
        proto::Exited exited;
        exited.code = 7;
        peer.notify("exited", exited);
    });
    Pty pty(stage.terminal({}));
    pty.expect("ready");
    pty.type("x");
    pty.expect("painted anew");
    pty.type("y");
    CHECK(pty.exit_code() == 7);
    CHECK(pty.is_restored());
    CHECK(daemon.failure() == "");
}

TEST_CASE("keys that a daemon had not taken when it went away are typed to the next one, in their order") {
    const Stage stage;
    int connection = 0;
    std::string typed;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        if (++connection == 1) {
            Session session(peer);
            session.print("ready");
            pollfd fd{session.terminal.typed.get(), POLLIN, 0};
            REQUIRE(::poll(&fd, 1, 20'000) == 1);
            return peer.close();
        }
        FakeTerminal terminal;
        peer.reply(peer.expect("resume"), proto::Nothing(), terminal.client_ends());
        while (typed.size() < 6) {
            char bytes[16];
            const ssize_t n = ::read(terminal.typed.get(), bytes, sizeof bytes);
            REQUIRE(n > 0);
            typed.append(bytes, static_cast<std::size_t>(n));
            REQUIRE(::write(terminal.agent.get(), "more", 4) == 4);
        }
        terminal.agent.reset();
        proto::Exited exited;
        exited.code = 0;
        peer.notify("exited", exited);
    });
    Pty pty(stage.terminal({}));
    pty.expect("ready");
    pty.wait_until_raw();
    pty.type("abc");
    pty.expect("more");
    pty.type("def");
    CHECK(pty.exit_code() == 0);
    CHECK(typed == "abcdef");
    CHECK(daemon.failure() == "");
}

TEST_CASE(
    "where the next daemon has no such session, the terminal is as it was, modes included, and the status is 125") {
    const Stage stage;
    int connection = 0;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        if (++connection > 1) return peer.fail(peer.expect("resume"), Error("the sandbox is gone"));
        go_away(peer, "\x1b[?1049h\x1b[?25l\x1b[?1006;1000hready");
    });
    Pty pty(stage.terminal({}));
    pty.expect("ready");
    CHECK(!pty.is_restored());
    pty.type("x");
    CHECK(pty.exit_code() == 125);
    CHECK(pty.is_restored());
    pty.expect("\x1b[?25h\x1b[?1000l\x1b[?1006l\x1b[?1049l");
    pty.expect("isag: the sandbox is gone");
    CHECK(daemon.failure() == "");
}

TEST_CASE("what the next daemon says in one breath with its answer counts too") {
    const Stage stage;
    int connection = 0;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        if (++connection == 1) return go_away(peer, "ready");
        proto::Exited exited;
        exited.code = 7;
        const auto request = peer.expect("resume");
        peer.send_line(proto::result_line(request.id, proto::to_json(proto::Nothing())) + "\n" +
                       proto::notification_line("exited", proto::to_json(exited)));
        CHECK(!peer.receive());  // it goes by itself
    });
    Pty pty(stage.terminal({}));
    pty.expect("ready");
    pty.type("x");
    CHECK_MESSAGE(pty.exit_code() == 7, pty.output());
    CHECK(daemon.failure() == "");
}

TEST_CASE("the keys that detach end the client with status 0, and the daemon hears no signal") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        Session session(peer);
        session.print("ready");
        CHECK(session.read(2) == "a\x10");
        session.print("typed");
        session.wait_for_end();
    });
    Pty pty(stage.terminal({}));
    pty.expect("ready");
    pty.type("a\x10");  // alone the first key passes through after a moment
    pty.expect("typed");
    pty.type("\x10\x11");
    CHECK(pty.exit_code() == 0);
    CHECK(pty.is_restored());
    pty.expect("isag: detached from fake, which runs on; 'isag attach fake' comes back");
    CHECK(daemon.failure() == "");
}

TEST_CASE("a program that copies is let through when the person says so") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        Session session(peer, "ask");
        session.print("ready\x1b]52;c;aGVsbG8=\a");
        CHECK(session.read(1) == "x");
        session.exit(0);
    });
    Pty pty(stage.terminal({}));
    pty.expect("\x1b]2;isag fake (copies 5 bytes to the clipboard? ctrl-p y lets it)\x07");
    CHECK(pty.output().find("\x1b]52") == std::string::npos);
    pty.type("\x10y");
    pty.expect("\x1b]52;c;aGVsbG8=\a\x1b]2;isag fake\x07");
    pty.type("x");
    CHECK(pty.exit_code() == 0);
    CHECK(pty.output().find("not let through") == std::string::npos);
    CHECK(daemon.failure() == "");
}

TEST_CASE("a terminal whose turn it is no more says so in its title") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        Session session(peer);
        session.print("ready");
        session.read(1);
        peer.notify("turn", proto::Turn{false});
        session.read(1);
        session.exit(0);
    });
    Pty pty(stage.terminal({}));
    pty.expect("ready");
    pty.type("x");
    pty.expect("\x1b]2;isag fake (another terminal is typing)\x07");
    pty.type("y");
    CHECK(pty.exit_code() == 0);
    CHECK(daemon.failure() == "");
}

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#include "tests/client/session.hpp"
#include <doctest/doctest.h>

namespace isag {
using test::FakeDaemon;
using test::FakePeer;
using test::FakeTerminal;
using test::Pty;
using test::Session;
using test::Stage;

TEST_CASE("in a terminal the agent gets the keys as they are typed, Ctrl-C, Ctrl-Z and Ctrl-\\ too") {
    const Stage stage;
    std::string typed;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        Session session(peer);
        session.print("ready");
        typed = session.read(9);
        session.exit(0);
    });
    Pty pty(stage.terminal({}));
    pty.expect("ready");
    pty.wait_until_raw();
    pty.type("a\x03\x1a\x1c\x11\x13\r\x7f\xc3");
    CHECK(pty.exit_code() == 0);
    CHECK(daemon.failure() == "");
    CHECK(typed == "a\x03\x1a\x1c\x11\x13\r\x7f\xc3");
    CHECK(pty.is_restored());
}

TEST_CASE("a terminal's size goes along, and each new one follows") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        Session session(peer);
        CHECK(session.run.terminal->rows == 30);
        CHECK(session.run.terminal->columns == 111);
        session.print("ready");
        while (session.next_size().columns != 99) {
        }
        session.exit(5);
    });
    auto options = stage.terminal({});
    options.rows = 30;
    options.columns = 111;
    Pty pty(options);
    pty.expect("ready");
    pty.resize(20, 99);
    CHECK(pty.exit_code() == 5);
    CHECK(daemon.failure() == "");
}

TEST_CASE("a flood of 50 MB arrives whole, keys still pass, and the last words before the exit are not lost") {
    const Stage stage;
    constexpr std::size_t size = 50'000'000;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        Session session(peer);
        session.print("begin");
        const std::string block(50'000, '~');  // in no path that is printed too
        for (std::size_t sent = 0; sent < size; sent += block.size()) {
            session.print(block);
            if (sent == size / 2) CHECK(session.read(1) == "q");
        }
        session.print("last words");
        session.exit(0);
    });
    Pty pty(stage.terminal({}));
    pty.expect("begin");
    pty.type("q");
    pty.expect_bytes(size);
    pty.expect("last words");
    CHECK(pty.exit_code() == 0);
    CHECK(static_cast<std::size_t>(std::count(pty.output().begin(), pty.output().end(), '~')) == size);
    CHECK(daemon.failure() == "");
}

TEST_CASE("isag ended by a signal leaves the terminal as it was and hangs up") {
    for (const int number : {SIGTERM, SIGHUP, SIGINT, SIGQUIT}) {
        CAPTURE(number);
        const Stage stage;
        FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
            Session session(peer);
            session.print("ready");
            session.wait_for_end();
        });
        Pty pty(stage.terminal({}));
        pty.expect("ready");
        pty.wait_until_raw();
        pty.signal(number);
        const int status = pty.wait();
        CHECK(WIFSIGNALED(status));
        CHECK(WTERMSIG(status) == number);
        CHECK(pty.is_restored());
        CHECK(daemon.failure() == "");
    }
}

TEST_CASE("stopped, isag gives the terminal back; continued, it takes it again and says its size") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        Session session(peer);
        session.print("ready");
        CHECK(session.read(1) == "k");
        session.exit(0);
    });
    Pty pty(stage.terminal({}));
    pty.expect("ready");
    pty.wait_until_raw();
    pty.signal(SIGTSTP);
    CHECK(WIFSTOPPED(pty.wait(true)));
    CHECK(pty.is_restored());
    pty.signal(SIGCONT);
    pty.wait_until_raw();
    pty.type("k");
    CHECK(pty.exit_code() == 0);
    CHECK(pty.is_restored());
    CHECK(daemon.failure() == "");
}

TEST_CASE("a terminal that the agent leaves open does not keep isag after the exit") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        Session session(peer);
        session.print("ready");
        const UniqueFd kept = session.terminal.agent.duplicate();
        session.exit(4);
        session.wait_for_end();
    });
    Pty pty(stage.terminal({}));
    pty.expect("ready");
    CHECK(pty.exit_code() == 4);
    CHECK(pty.is_restored());
    CHECK(daemon.failure() == "");
}

TEST_CASE("the exit may come with the reply, before the session began") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        Session session(peer);
        session.print("short");
        session.exit(9);
    });
    Pty pty(stage.terminal({}));
    CHECK(pty.exit_code() == 9);
    pty.expect("short");
    CHECK(pty.is_restored());
    CHECK(daemon.failure() == "");
}

TEST_CASE("a bar shows how long work goes and is gone before the agent starts") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        peer.notify("progress", proto::Progress{"image", "install \x1b]0;title\x07 node", 3, 10});
        Session session(peer);
        session.exit(0);
    });
    Pty pty(stage.terminal({}));
    pty.expect("image");
    pty.expect("[######--------------] 3/10 install \\x1b]0;title\\x07 node");
    pty.expect("\r\x1b[K");
    CHECK(pty.exit_code() == 0);
    CHECK(daemon.failure() == "");
}

TEST_CASE("Ctrl-C while the image is built takes the bar away, hangs up and ends isag by SIGINT") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        peer.expect("run");
        peer.notify("progress", proto::Progress{"image", "a long step", 0, 0});
        while (peer.receive()) {
        }
    });
    Pty pty(stage.terminal({}));
    pty.expect("a long step");
    pty.type("\x03");
    const int status = pty.wait();
    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGINT);
    pty.expect("\r\x1b[K");
    CHECK(pty.is_restored());
    CHECK(daemon.failure() == "");
}

TEST_CASE("with stdout in a pipe there is no terminal inside, and isag leaves the person's alone") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), test::run_with_pipes);
    Pipe out = make_pipe();
    auto options = stage.terminal({"sh", "-c", "test -t 0 || echo no terminal"});
    options.stdout_fd = out.write.get();
    Pty pty(options);
    out.write.reset();
    CHECK(pty.exit_code() == 0);
    CHECK(pty.is_restored());
    char text[64];
    const ssize_t n = ::read(out.read.get(), text, sizeof text);
    CHECK(std::string(text, static_cast<std::size_t>(std::max<ssize_t>(n, 0))) == "no terminal\n");
    CHECK(daemon.failure() == "");
}

}  // namespace isag

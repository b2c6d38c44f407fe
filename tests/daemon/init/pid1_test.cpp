// SPDX-License-Identifier: Apache-2.0
#include "tests/daemon/init/fake_daemon.hpp"
#include <csignal>

using namespace isag;
using namespace isag::test;

namespace {

// Whether this machine lets us make a PID namespace; says so where not.
bool can_be_pid1() {
    ChildOptions options;
    options.argv = {"unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "true"};
    options.env = current_environment();
    if (ChildProcess::start(options).wait().code == 0) return true;
    MESSAGE("skipped: unshare(1) can't make a user and PID namespace here");
    return false;
}

}  // namespace

TEST_CASE("init as PID 1: everything dies with the main process, and is reaped before its end is told") {
    if (!can_be_pid1()) return;
    FakeDaemon daemon;
    daemon.start_as_pid1();
    auto escaped = daemon.shell("setsid sh -c 'trap \"\" TERM HUP; echo begun; sleep 1000' & exit 0");
    read_until(escaped.streams[1], "begun");
    CHECK(daemon.ended().process == escaped.process);
    auto main = daemon.shell("read line; exit 6", true);
    write_text(main.streams[0], "go\n");
    CHECK(daemon.ended().code == 6);
    CHECK(read_until(escaped.streams[1]).empty());
    CHECK(daemon.exit().code == 6);
}

TEST_CASE("init as PID 1: orphans are reaped") {
    if (!can_be_pid1()) return;
    FakeDaemon daemon;
    daemon.start_as_pid1();
    auto parent = daemon.shell("for i in 1 2 3 4 5 6 7 8; do (sleep 0 &) ; done");
    CHECK(daemon.ended().process == parent.process);
    CHECK(read_until(parent.streams[1]).empty());
    // Their ends of the pipe are closed, so they are dead or dying: no zombie may be left soon.
    auto probe = daemon.shell("while grep -l '^State:.Z' /proc/[0-9]*/status 2>/dev/null; do :; done; echo none");
    CHECK(read_until(probe.streams[1], "none").find("none") != std::string::npos);
}

TEST_CASE("init as PID 1: what runs inside can't kill or stop it") {
    if (!can_be_pid1()) return;
    FakeDaemon daemon;
    daemon.start_as_pid1();
    auto main = daemon.spawn({"cat"}, true);
    daemon.shell("for s in KILL STOP ABRT USR1 USR2 PIPE ALRM QUIT; do kill -$s 1; done");
    CHECK(daemon.ended().code);
    write_text(main.streams[0], "alive");
    CHECK(read_until(main.streams[1], "alive") == "alive");
}

TEST_CASE("init as PID 1: a signal to process 0 reaches every process but init") {
    if (!can_be_pid1()) return;
    FakeDaemon daemon;
    daemon.start_as_pid1();
    auto first = daemon.spawn({"cat"});
    auto second = daemon.shell("setsid sleep 1000");
    daemon.kill(0, SIGKILL);
    CHECK(daemon.ended().signal == SIGKILL);
    CHECK(daemon.ended().signal == SIGKILL);
    auto third = daemon.spawn({"true"});
    CHECK(daemon.ended().process == third.process);
}

TEST_CASE("init as PID 1: the main process forked itself full") {
    if (!can_be_pid1()) return;
    FakeDaemon daemon;
    daemon.start_as_pid1();
    auto main = daemon.shell("i=0; while [ $i -lt 200 ]; do sleep 1000 & i=$((i+1)); done; kill -9 $$", true);
    CHECK(daemon.ended().signal == SIGKILL);
    CHECK(daemon.exit().code == 128 + SIGKILL);
}

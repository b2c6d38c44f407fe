// SPDX-License-Identifier: Apache-2.0
#include "tests/daemon/init/fake_daemon.hpp"
#include <csignal>
#include <fstream>
#include <sys/stat.h>

using namespace isag;
using namespace isag::test;

TEST_CASE("init: exit statuses and signals are told apart") {
    FakeDaemon daemon;
    daemon.start();
    for (const int code : {0, 1, 42, 255}) {
        const auto process = daemon.shell("exit " + std::to_string(code));
        const auto ended = daemon.ended();
        CHECK(ended.process == process.process);
        CHECK(ended.code == code);
        CHECK_FALSE(ended.signal);
    }
    daemon.shell("kill -USR1 $$");
    const auto ended = daemon.ended();
    CHECK_FALSE(ended.code);
    CHECK(ended.signal == SIGUSR1);
}

TEST_CASE("init: the message's variables go over init's own, and find the command") {
    FakeDaemon daemon;
    daemon.start();
    TempFolder folder;
    std::ofstream(folder / "my-command") << "#!/bin/sh\necho $FROM_THE_IMAGE $FROM_THE_MESSAGE; pwd\n";
    ::chmod((folder / "my-command").c_str(), 0755);
    proto::init::Spawn request;
    request.argv = {"my-command"};
    request.environment = {{"PATH", folder.path().string() + ":/usr/bin:/bin"}, {"FROM_THE_MESSAGE", "a=b"}};
    request.directory = "/usr";
    auto process = daemon.spawn(request);
    CHECK(read_until(process.streams[1]) == "kept a=b\n/usr\n");
}

TEST_CASE("init: a command that does not exist is told from one that can't be run") {
    FakeDaemon daemon;
    daemon.start();
    proto::init::Spawn request;
    request.argv = {"no-such-command"};
    CHECK(daemon.refused(request).kind() == ErrorKind::not_found);
    request.argv = {"/no/such/command"};
    const Error missing = daemon.refused(request);
    CHECK(missing.kind() == ErrorKind::not_found);
    CHECK(missing.message() == "cannot run /no/such/command: No such file or directory");
    request.argv = {"/etc/passwd"};
    CHECK(daemon.refused(request).kind() == ErrorKind::not_executable);
    request.argv = {"/etc"};
    CHECK(daemon.refused(request).kind() == ErrorKind::not_executable);
    request.argv = {};
    CHECK(daemon.refused(request).kind() == ErrorKind::usage);
}

TEST_CASE("init: a directory that is not there is named") {
    FakeDaemon daemon;
    daemon.start();
    proto::init::Spawn request;
    request.argv = {"true"};
    request.directory = "/no/such/folder";
    const Error error = daemon.refused(request);
    CHECK(error.kind() == ErrorKind::failed);
    CHECK(error.message() == "cannot enter /no/such/folder: No such file or directory");
}

TEST_CASE("init: a main process that could not be started may be tried again, a second one not") {
    FakeDaemon daemon;
    daemon.start();
    proto::init::Spawn request;
    request.argv = {"/nonexistent"};
    request.main = true;
    CHECK(daemon.refused(request).kind() == ErrorKind::not_found);
    request.argv = {"cat"};
    const auto running = daemon.spawn(request);  // holds its stdin open
    CHECK(daemon.refused(request).message() == "there is a main process already");
}

TEST_CASE("init: a signal reaches the whole process group, and only that one") {
    FakeDaemon daemon;
    daemon.start();
    auto other = daemon.spawn({"cat"});
    auto process = daemon.shell("sleep 1000 & echo begun; wait");
    read_until(process.streams[1], "begun");
    daemon.kill(process.process, SIGTERM);
    CHECK(daemon.ended().process == process.process);
    CHECK(read_until(process.streams[1]).empty());  // its end means that the sleep is dead too
    other.streams[0].reset();
    CHECK(daemon.ended().code == 0);
}

TEST_CASE("init: signals for strangers and signals that are none go nowhere") {
    FakeDaemon daemon;
    daemon.start();
    auto process = daemon.spawn({"cat"});
    for (const std::int64_t stranger : {std::int64_t{1}, std::int64_t{-1}, -process.process, std::int64_t{1} << 40,
                                        static_cast<std::int64_t>(::getpid())})
        daemon.kill(stranger, SIGKILL);
    for (const int number : {-1, 0, 65, 1000}) daemon.kill(process.process, number);
    write_text(process.streams[0], "alive");
    CHECK(read_until(process.streams[1], "alive") == "alive");
}

TEST_CASE("init: when the main process ends, init tells it and exits with its status") {
    FakeDaemon daemon;
    daemon.start();
    auto other = daemon.spawn({"cat"});
    auto process = daemon.shell("read line; exit 7", true);
    write_text(process.streams[0], "go\n");
    CHECK(daemon.ended().process == other.process);
    CHECK(daemon.ended().code == 7);
    CHECK(daemon.exit().code == 7);
}

TEST_CASE("init: a main process killed by a signal makes it exit with 128 and that number") {
    FakeDaemon daemon;
    daemon.start();
    auto process = daemon.spawn({"cat"}, true);
    daemon.kill(0, SIGKILL);
    CHECK(daemon.ended().signal == SIGKILL);
    CHECK(daemon.exit().code == 128 + SIGKILL);
}

TEST_CASE("init: SIGTERM, SIGINT and SIGHUP reach the main process as SIGTERM") {
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
        FakeDaemon daemon;
        daemon.start();
        auto process = daemon.shell("trap 'exit 5' TERM; echo begun; while :; do sleep 0.05; done", true);
        read_until(process.streams[1], "begun");
        daemon.init().signal(number);
        CHECK(daemon.ended().code == 5);
        CHECK(daemon.exit().code == 5);
    }
}

TEST_CASE("init: SIGTERM before there is a main process ends it with 143") {
    FakeDaemon daemon;
    daemon.start();
    daemon.init().signal(SIGTERM);
    CHECK(daemon.exit().code == 143);
}

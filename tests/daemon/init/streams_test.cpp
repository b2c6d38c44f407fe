// SPDX-License-Identifier: Apache-2.0
#include "tests/daemon/init/fake_daemon.hpp"
#include <csignal>
#include <filesystem>
#include <sys/ioctl.h>
#include <thread>

using namespace isag;
using namespace isag::test;

namespace {

proto::init::Spawn on_terminal(const std::string& script, std::int64_t rows = 33, std::int64_t columns = 101) {
    proto::init::Spawn request;
    request.argv = {"sh", "-c", script};
    request.terminal = proto::TerminalSize{.rows = rows, .columns = columns};
    return request;
}

}  // namespace

TEST_CASE("init: pipes carry bytes unchanged, each stream by itself") {
    FakeDaemon daemon;
    daemon.start();
    auto process = daemon.shell("cat; printf 'err\\r\\n' >&2");
    REQUIRE(process.streams.size() == 3);
    std::string all;
    for (int i = 0; i < 200000; ++i) all += static_cast<char>(i * 7);
    std::thread writer([&] {
        std::size_t sent = 0;
        while (sent < all.size())
            sent += static_cast<std::size_t>(::write(process.streams[0].get(), &all[sent], all.size() - sent));
        process.streams[0].reset();
    });
    const std::string out = read_until(process.streams[1]);
    writer.join();
    CHECK((out == all));
    CHECK(read_until(process.streams[2]) == "err\r\n");
    CHECK(daemon.ended().code == 0);
}

TEST_CASE("init: a terminal has the size asked for and follows the master's") {
    FakeDaemon daemon;
    daemon.start();
    auto process = daemon.spawn(on_terminal("trap 'stty size; exit' WINCH; stty size; while :; do read x; done"));
    REQUIRE(process.streams.size() == 1);
    CHECK(read_until(process.streams[0], "\n") == "33 101\r\n");
    const winsize window{50, 160, 0, 0};
    REQUIRE(::ioctl(process.streams[0].get(), TIOCSWINSZ, &window) == 0);
    write_text(process.streams[0], "\n");
    CHECK(read_until(process.streams[0], "160").find("50 160") != std::string::npos);
    CHECK(daemon.ended().process == process.process);
}

TEST_CASE("init: Ctrl-C on the master interrupts what runs in the foreground") {
    FakeDaemon daemon;
    daemon.start();
    auto process = daemon.spawn(on_terminal("echo begun; exec cat"));
    read_until(process.streams[0], "begun");
    write_text(process.streams[0], "\x03");
    CHECK(daemon.ended().signal == SIGINT);
}

TEST_CASE("init: a terminal outlives the daemon's end of it") {
    FakeDaemon daemon;
    daemon.start();
    auto process = daemon.spawn(on_terminal("trap 'exit 9' HUP; echo begun; read line; exit 3"));
    read_until(process.streams[0], "begun");
    process.streams.clear();
    auto other = daemon.shell("exit 0");  // by then a hangup would have come
    CHECK(daemon.ended().process == other.process);
    daemon.kill(process.process, SIGHUP);
    CHECK(daemon.ended().code == 9);
}

TEST_CASE("init: a terminal's size has to be one") {
    FakeDaemon daemon;
    daemon.start();
    for (const std::int64_t wrong : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{65536}}) {
        CHECK(daemon.refused(on_terminal("true", wrong, 80)).kind() == ErrorKind::usage);
        CHECK(daemon.refused(on_terminal("true", 24, wrong)).kind() == ErrorKind::usage);
    }
}

TEST_CASE("init: a process sees 0, 1, 2 and no other descriptor") {
    FakeDaemon daemon;
    daemon.start();
    auto kept = daemon.spawn(on_terminal("read line"));
    auto process = daemon.spawn({"ls", "/proc/self/fd"});
    CHECK(read_until(process.streams[1]) == "0\n1\n2\n3\n");  // 3: ls reads the folder
}

TEST_CASE("init: its own signals are not the process's") {
    FakeDaemon daemon;
    daemon.start();
    auto process = daemon.spawn({"grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"});
    CHECK(read_until(process.streams[1]) == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST_CASE("init: a thousand processes leave no descriptor behind") {
    FakeDaemon daemon;
    daemon.start();
    const std::string folder = "/proc/" + std::to_string(daemon.init().pid()) + "/fd";
    const auto count = [&] {
        const auto begin = std::filesystem::directory_iterator(folder);
        return std::distance(begin, std::filesystem::directory_iterator());
    };
    const auto before = count();
    for (int i = 0; i < 1000; ++i) {
        auto process = i % 3 == 0 ? daemon.spawn(on_terminal("exit 0")) : daemon.spawn({"true"});
        CHECK(daemon.ended().process == process.process);
        if (i % 10 != 0) continue;
        proto::init::Spawn missing;
        missing.argv = {"/nonexistent"};
        daemon.refused(missing);
    }
    CHECK(count() == before);
}

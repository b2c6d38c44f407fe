// SPDX-License-Identifier: Apache-2.0
#include "tests/daemon/init/fake_daemon.hpp"
#include <csignal>
#include <thread>

using namespace isag;
using namespace isag::test;

TEST_CASE("init: it finds a daemon that came back, and the processes never noticed") {
    FakeDaemon daemon;
    daemon.start();
    auto process = daemon.spawn({"cat"}, true);
    daemon.die();
    daemon.listen();
    daemon.greet();
    write_text(process.streams[0], "alive");
    CHECK(read_until(process.streams[1], "alive") == "alive");
    process.streams[0].reset();
    CHECK(daemon.ended().process == process.process);
    CHECK(daemon.exit().code == 0);
}

TEST_CASE("init: what ended while there was no daemon is told to the next") {
    FakeDaemon daemon;
    daemon.start();
    auto main = daemon.spawn({"cat"}, true);
    auto process = daemon.spawn({"cat"});
    daemon.die();
    process.streams[0].reset();
    CHECK(read_until(process.streams[1]).empty());
    daemon.listen();
    daemon.greet();
    CHECK(daemon.ended().process == process.process);
    main.streams[0].reset();
    CHECK(daemon.ended().process == main.process);
}

TEST_CASE("init: the main process's end waits for a daemon that comes back") {
    FakeDaemon daemon;
    daemon.start();
    auto main = daemon.shell("read line; exit 4", true);
    daemon.die();
    main.streams[0].reset();
    CHECK(read_until(main.streams[1]).empty());
    daemon.listen();
    daemon.greet();
    CHECK(daemon.ended().code == 4);
    CHECK(daemon.exit().code == 4);
}

TEST_CASE("init: what the main process printed last is there for a daemon that comes after its end") {
    FakeDaemon daemon;
    daemon.start();
    proto::init::Spawn request;
    request.argv = {"sh", "-c", "read line; echo last words"};
    request.terminal = proto::TerminalSize{24, 80};
    request.main = true;
    auto main = daemon.spawn(request);
    daemon.die();
    write_text(main.streams[0], "\n");
    main.streams.clear();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));  // it has ended, or it ends under this daemon's eyes
    daemon.listen();
    daemon.greet();
    auto ended = daemon.next();
    REQUIRE(ended.message.method == "ended");
    REQUIRE(ended.fds.size() == 1);
    CHECK(read_until(ended.fds[0]).find("last words") != std::string::npos);
    CHECK(daemon.exit().code == 0);
}

TEST_CASE("init: an end that a daemon read, and was killed before it took note, is told to the next") {
    FakeDaemon daemon;
    daemon.start();
    auto main = daemon.shell("read line; exit 4", true);
    main.streams[0].reset();
    daemon.takes_note = false;
    for (int daemons = 0; daemons < 3; ++daemons) {
        CHECK(daemon.ended().process == main.process);
        daemon.die();
        daemon.listen();
        daemon.greet();
    }
    daemon.takes_note = true;
    CHECK(daemon.exit().code == 4);
}

TEST_CASE("init: SIGTERM ends it while it waits with the main process's end") {
    FakeDaemon daemon;
    daemon.start();
    auto main = daemon.shell("read line; exit 4", true);
    daemon.takes_note = false;
    main.streams[0].reset();
    daemon.ended();
    daemon.init().signal(SIGTERM);
    CHECK(daemon.exit().code == 4);
}

TEST_CASE("init: garbage costs the connection and nothing else") {
    FakeDaemon daemon;
    daemon.start();
    auto process = daemon.spawn({"cat"}, true);
    const std::string spawn = R"({"jsonrpc":"2.0","id":1,"method":"spawn","params":)";
    for (const std::string& garbage :
         {std::string("garbage\n"), std::string("\n"), std::string("\0\n", 2), std::string("\xff\xfe\n"),
          std::string("[]\n"), std::string("{}\n"), std::string(2 << 20, 'x'), std::string(100000, '[') + "\n",
          spawn + "{}}\n", spawn + "[]}\n", spawn + R"({"argv":"true"}})" + "\n", spawn + "1}\n",
          std::string(R"({"jsonrpc":"2.0","method":"kill","params":{"process":0}})") + "\n",
          std::string(R"({"jsonrpc":"2.0","method":"kill","params":{"process":1e99,"signal":9}})") + "\n",
          std::string(R"({"jsonrpc":"2.0","id":1,"result":{},"fds":3})") + "\n"}) {
        CAPTURE(garbage.substr(0, 80));
        daemon.send_bytes(garbage);
        daemon.expect_closed();
        daemon.greet();
    }
    write_text(process.streams[0], "alive");
    CHECK(read_until(process.streams[1], "alive") == "alive");
}

TEST_CASE("init: a request cut off at any byte is none") {
    FakeDaemon daemon;
    daemon.start();
    const std::string line = R"({"jsonrpc":"2.0","method":"kill","params":{"process":0,"signal":9}})";
    auto process = daemon.spawn({"cat"}, true);
    for (std::size_t length = 0; length < line.size(); length += 16) {
        daemon.send_bytes(line.substr(0, length));
        daemon.hang_up();
        daemon.greet();
    }
    write_text(process.streams[0], "alive");
    CHECK(read_until(process.streams[1], "alive") == "alive");
}

TEST_CASE("init: a method that it does not know is answered, a notification passed over") {
    FakeDaemon daemon;
    daemon.start();
    daemon.send(R"({"jsonrpc":"2.0","method":"dance","params":{}})");
    daemon.send(R"({"jsonrpc":"2.0","id":9,"method":"dance","params":{}})");
    const auto reply = daemon.next();
    CHECK(reply.message.id == 9);
    REQUIRE(reply.message.type == proto::Message::Type::error);
    CHECK(reply.message.failure->kind() == ErrorKind::usage);
}

TEST_CASE("init: many requests at once are all answered, in order") {
    FakeDaemon daemon;
    daemon.start();
    std::string requests;
    for (int i = 0; i < 2000; ++i)
        requests += proto::request_line(i, "unknown-" + std::string(100, 'x'), nlohmann::json::object()) + "\n";
    std::thread writer([&] { daemon.send_bytes(requests); });  // init reads on only while its answers are taken
    for (int i = 0; i < 2000; ++i) CHECK(daemon.next().message.id == i);
    writer.join();
}

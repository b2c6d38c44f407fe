// SPDX-License-Identifier: Apache-2.0
#include "tests/client/forward/fake_sandbox.hpp"
#include "tests/support/descriptors.hpp"
#include <doctest/doctest.h>
#include <random>

// isag ssh -N with a fake isagd, against real servers.
namespace isag {
using test::connect_or_throw;
using test::end_of;
using test::eventually;
using test::exchange;
using test::ForwardStage;
using test::receive;
using test::send_all;
using test::Server;
using test::to_port;
using test::try_connect;

namespace {

std::string random_bytes(std::mt19937& random, std::size_t size) {
    std::string out(size, '\0');
    for (auto& byte : out) byte = static_cast<char>(random());
    return out;
}

// Sends until nothing more is taken; how much that was.
std::size_t fill(const UniqueFd& socket) {
    const std::string chunk(65536, 'x');
    std::size_t taken = 0;
    for (;;) {
        pollfd fd{socket.get(), POLLOUT, 0};
        if (::poll(&fd, 1, 500) == 0) return taken;
        const ssize_t n = ::send(socket.get(), chunk.data(), chunk.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n > 0) taken += static_cast<std::size_t>(n);
    }
}

}  // namespace

TEST_CASE("-L leads a connection inside byte for byte, whatever sizes, both halves ending by themselves") {
    const Server server(test::echo);
    ForwardStage stage({"-L", to_port(server.port())});
    std::mt19937 random(7);
    std::vector<std::thread> clients;
    std::atomic<int> exact = 0;
    for (unsigned i = 0; i < 24; ++i) {
        const std::string bytes = random_bytes(random, random() % (i % 4 == 0 ? 4'000'000 : 5000));
        clients.emplace_back([&, i, bytes] { exact += exchange(connect_or_throw(stage.port()), bytes, i) == bytes; });
    }
    for (auto& client : clients) client.join();
    CHECK(exact == 24);
    CHECK(stage.sandbox.told().forwards.at(0).to.host == "localhost");
}

TEST_CASE("a server that ends its half first still gets what comes later") {
    std::atomic<bool> has_all = false;
    const Server server([&](UniqueFd connection) {
        send_all(connection, "bye");
        ::shutdown(connection.get(), SHUT_WR);
        has_all = receive(connection) == "and more";
    });
    ForwardStage stage({"-L", to_port(server.port())});
    const UniqueFd client = connect_or_throw(stage.port());
    CHECK(receive(client) == "bye");
    send_all(client, "and more");
    ::shutdown(client.get(), SHUT_WR);
    CHECK(eventually([&] { return has_all.load(); }));
}

TEST_CASE("a server that never reads stops who sends, and nobody else; nor does isag hold what it sent") {
    Pipe done = make_pipe();
    const Server deaf([&](UniqueFd) {
        pollfd fd{done.read.get(), POLLIN, 0};
        ::poll(&fd, 1, 20'000);
    });
    const Server server(test::echo);
    ForwardStage stage({"-L", to_port(deaf.port()), "-L", to_port(server.port())});
    const UniqueFd stuck = connect_or_throw(stage.port(0));
    CHECK(fill(stuck) < (std::size_t{64} << 20));
    CHECK(exchange(connect_or_throw(stage.port(1)), "hello", 1) == "hello");
    done.write.reset();
    CHECK(end_of(stuck) == ECONNRESET);  // it had not read all
}

TEST_CASE("a broken connection breaks on its other side too, in both directions") {
    std::atomic<int> seen = -1;
    const Server server([&](UniqueFd connection) {
        if (receive(connection, 1) == "k") return test::reset_now(connection);
        seen = end_of(connection);
    });
    ForwardStage stage({"-L", to_port(server.port())});
    const UniqueFd killed = connect_or_throw(stage.port());
    send_all(killed, "k");
    CHECK(end_of(killed) == ECONNRESET);
    UniqueFd client = connect_or_throw(stage.port());
    send_all(client, "x");
    CHECK(eventually([&] { return server.count() == 2; }));
    test::reset_now(client);
    CHECK(eventually([&] { return seen == ECONNRESET; }));
}

TEST_CASE("a target that refuses, that the firewall refuses, or that is none is a reset, and -v says why") {
    ForwardStage stage({"-L", to_port(1, "refuses"), "-L", to_port(2, "forbidden"), "-L", to_port(3, "odd")});
    for (std::size_t place = 0; place < 3; ++place) CHECK(end_of(connect_or_throw(stage.port(place))) == ECONNRESET);
    stage.isag().expect("isag: no connection to refuses:1: x: cannot connect: Connection refused\n");
    stage.isag().expect("isag: no connection to forbidden:2: x: the firewall refuses it: no rule names x\n");
    stage.isag().expect("isag: no connection to odd:3: isagd handed over something else than a connection\n");
    CHECK(!stage.isag().has_ended());
}

TEST_CASE("two thousand connections at the same time") {
    const Server server([](UniqueFd connection) { send_all(connection, receive(connection)); });
    ForwardStage stage({"-L", to_port(server.port())});
    test::want_descriptors(10000);
    std::vector<UniqueFd> clients;
    for (int i = 0; i < 2000; ++i) clients.push_back(connect_or_throw(stage.port()));
    for (std::size_t i = 0; i < clients.size(); ++i) send_all(clients[i], std::to_string(i));
    CHECK(eventually([&] { return server.count() == 2000; }));
    int exact = 0;
    for (std::size_t i = 0; i < clients.size(); ++i) {
        ::shutdown(clients[i].get(), SHUT_WR);
        exact += receive(clients[i]) == std::to_string(i);
    }
    CHECK(exact == 2000);
}

TEST_CASE(
    "a few descriptors are enough for a few dozen connections; a note says that the next ones wait, and they do") {
    const Server server(test::echo);
    ForwardStage stage({"-L", to_port(server.port())}, 256);
    std::vector<UniqueFd> clients;
    for (int i = 0; i < 48; ++i) {
        clients.push_back(connect_or_throw(stage.port()));
        send_all(clients.back(), "x");
        CHECK(receive(clients.back(), 1) == "x");
    }
    stage.isag().expect("isag: note: by -L 48 connections are served now, and the next ones wait: 'ulimit -Hn' sets");
    const UniqueFd waiting = connect_or_throw(stage.port());
    send_all(waiting, "y");
    pollfd answered{waiting.get(), POLLIN, 0};
    CHECK(::poll(&answered, 1, 300) == 0);
    CHECK(server.count() == 48);
    clients.pop_back();
    CHECK(receive(waiting, 1) == "y");
    clients.pop_back();
    const std::string much(3'000'000, 'y');
    const bool is_same = exchange(connect_or_throw(stage.port()), much, 3) == much;
    CHECK(is_same);
}

TEST_CASE("-R: who connects inside reaches the host's server, and its refusal is a reset") {
    const Server server(test::echo);
    const int nobody = test::listen_on_loopback().port;
    ForwardStage stage({"-R", to_port(server.port()), "-R", to_port(nobody, "127.0.0.1")});
    std::mt19937 random(3);
    const std::string bytes = random_bytes(random, 3'000'000);
    CHECK(exchange(connect_or_throw(stage.port(0)), bytes, 5) == bytes);
    CHECK(end_of(connect_or_throw(stage.port(1))) == ECONNRESET);
    stage.isag().expect("Allocated port " + std::to_string(stage.port(0)) +
                        " for remote forward to localhost:" + std::to_string(server.port()) + "\n");
    stage.isag().expect("isag: no connection to 127.0.0.1:" + std::to_string(nobody) + ": ");
    CHECK(stage.sandbox.told().forwards.at(0).kind == "remote");
}

TEST_CASE("a flood from inside leaves room for the person's own connections") {
    const Server server(test::echo);
    ForwardStage stage({"-R", "0:localhost:" + std::to_string(server.port()), "-L", to_port(server.port())});
    test::want_descriptors(10000);
    std::vector<UniqueFd> flood;
    for (int i = 0; i < 4200; ++i) flood.push_back(connect_or_throw(stage.port(0)));
    CHECK(exchange(connect_or_throw(stage.port(1)), "hello", 1) == "hello");
    flood.erase(flood.begin(), flood.begin() + 4100);  // and those who waited come in
    CHECK(exchange(flood.back(), "hello", 1) == "hello");
}

TEST_CASE("what isagd refuses to forward ends the command with its reason") {
    test::FakeSandbox sandbox;
    const test::Stage stage;
    test::FakeDaemon daemon(stage.runtime(), [&](test::FakePeer& peer) { sandbox.serve(peer); });
    const auto done = stage.isag({"ssh", "fake", "-N", "-R", "80:/run/docker.sock"});
    CHECK(done.status == 125);
    CHECK(done.err.starts_with("isag: -R: /run/docker.sock is a container engine's socket\n"));
    CHECK(sandbox.tellings() == 0);
}

TEST_CASE(
    "isagd goes away: open connections go on, the next one is by the next isagd, which is told what is forwarded") {
    const Server server(test::echo);
    ForwardStage stage({"-L", to_port(server.port()), "-L", to_port(server.port(), "leaves")});
    const UniqueFd open = connect_or_throw(stage.port(0));
    send_all(open, "before");
    CHECK(receive(open, 6) == "before");
    CHECK(exchange(connect_or_throw(stage.port(1)), "asked again", 1) == "asked again");
    CHECK(stage.sandbox.daemons() == 2);
    CHECK(stage.sandbox.tellings() == 2);
    CHECK(stage.sandbox.told().forwards.size() == 2);
    CHECK(exchange(open, "after", 1) == "after");
    CHECK(exchange(connect_or_throw(stage.port(0)), "anew", 1) == "anew");
}

TEST_CASE("the sandbox ends: so does the command, with a line that says so; what was sent until then arrives") {
    const Server server([](UniqueFd connection) { send_all(connection, "last words"); });
    ForwardStage stage({"-L", to_port(server.port(), "ends")});
    const int port = stage.port();
    CHECK(receive(connect_or_throw(port)) == "last words");
    CHECK(stage.isag().wait() == 125);
    CHECK(stage.isag().err().ends_with(
        "isag: fake has ended, and its forwards with it\n  'isag run --name fake' starts one anew\n"));
    CHECK(!try_connect(port));
}

TEST_CASE("the sandbox ends, and then isagd: no other is asked to forward") {
    const Server server([](UniqueFd connection) { receive(connection); });
    ForwardStage stage({"-L", to_port(server.port(), "both-end")});
    const UniqueFd open = connect_or_throw(stage.port());  // what is under way is waited for
    CHECK(stage.isag().wait() == 125);
    CHECK(stage.sandbox.tellings() == 1);
}

TEST_CASE("the sandbox ends, and its log was kept: the line says how to read it") {
    const Server server(test::echo);
    ForwardStage stage({"-L", to_port(server.port(), "ends")});
    stage.sandbox.keep_log();
    exchange(connect_or_throw(stage.port()), "x", 1);
    CHECK(stage.isag().wait() == 125);
    CHECK(
        stage.isag().err().ends_with("isag: fake has ended, and its forwards with it\n"
                                     "  'isag logs fake' shows what it printed, 'isag run --name fake' starts one "
                                     "anew\n"));
}

TEST_CASE("no port is told of before isagd has said that the sandbox is there") {
    test::FakeSandbox sandbox;
    sandbox.end();
    const test::Stage stage;
    test::FakeDaemon daemon(stage.runtime(), [&](test::FakePeer& peer) { sandbox.serve(peer); });
    const auto done = stage.isag({"ssh", "fake", "-N", "-L", to_port(1), "-D", "0", "-R", to_port(1)});
    CHECK(done.status == 125);
    CHECK(done.err == "isag: the sandbox fake has ended (exit status 0)\n  start it\n");
}

TEST_CASE("-R of what another -R of the same command has is told so") {
    test::FakeSandbox sandbox;
    const test::Stage stage;
    test::FakeDaemon daemon(stage.runtime(), [&](test::FakePeer& peer) { sandbox.serve(peer); });
    const auto errors = [&](const std::string& first, const std::string& second) {
        const auto done = stage.isag({"ssh", "fake", "-N", "-R", first, "-R", second});
        CHECK(done.status == 125);
        return done.err;
    };
    const auto port = std::to_string(test::listen_on_loopback().port);
    const std::string in_use = "isag: -R: port " + port + " of the sandbox (localhost) is in use";
    CHECK(errors(port + ":localhost:1", port + ":localhost:2") ==
          in_use + ": another -R of this command has it\n  leave one of them out, or choose another port\n");
    const auto held = test::listen_on_loopback();  // by somebody else
    const auto other = errors("0:localhost:1", std::to_string(held.port) + ":localhost:2");
    CHECK_MESSAGE(other.ends_with(" is in use\n  choose another port\n"), other);
    const auto elsewhere = errors("127.0.0.2:" + port + ":localhost:1", "127.0.0.3:" + port + ":localhost:2");
    CHECK(elsewhere == in_use + "\n  choose another port\n");
}

TEST_CASE("a signal ends the forwards: who is connected sees a reset, and the command dies of the signal") {
    const Server server(test::echo);
    ForwardStage stage({"-L", to_port(server.port())});
    const UniqueFd open = connect_or_throw(stage.port());
    send_all(open, "x");
    CHECK(receive(open, 1) == "x");
    stage.isag().signal(SIGTERM);
    CHECK(stage.isag().wait() == 128 + SIGTERM);
    CHECK(end_of(open) == ECONNRESET);
}

TEST_CASE("a signal while isagd does not answer ends the command at once") {
    const test::Stage stage;
    Pipe asked = make_pipe();
    test::FakeDaemon daemon(stage.runtime(), [&](test::FakePeer& peer) {
        peer.expect("forwards");
        asked.write.reset();
        while (peer.receive()) {
        }
    });
    test::Running isag(test::Stage::command({"ssh", "fake", "-N", "-L", to_port(1)}), stage.environment,
                       stage.scratch / "isag");
    pollfd fd{asked.read.get(), POLLIN, 0};
    REQUIRE(::poll(&fd, 1, 20'000) == 1);
    isag.signal(SIGINT);
    CHECK(isag.wait() == 128 + SIGINT);
    CHECK(daemon.failure() == "");
}

}  // namespace isag

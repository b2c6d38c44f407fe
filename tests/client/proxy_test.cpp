// SPDX-License-Identifier: Apache-2.0
#include "proto/forward.hpp"
#include "tests/client/forward/loopback.hpp"
#include "tests/client/stage.hpp"
#include "tests/support/socket_pair.hpp"
#include <doctest/doctest.h>

namespace isag {
using test::FakeDaemon;
using test::FakePeer;
using test::request_of;
using test::Stage;
namespace {

// Answers ssh and connect with a connection to that server; what was asked is written down.
FakeDaemon::Script lead_to(const test::Server& server, std::string& asked) {
    return [&](FakePeer& peer) {
        while (const auto request = peer.receive()) {
            std::vector<UniqueFd> fds;
            fds.push_back(test::connect_or_throw(server.port()));
            if (request->method == "ssh") {
                const auto name = *request_of<proto::SshRequest>(*request).target.name;
                asked += "ssh " + name + "\n";
                peer.reply(*request, proto::SshReply{name == "web" ? "web-2" : name, "agent", "/a", "deny"},
                           std::move(fds));
            } else {
                const auto connect = request_of<proto::ConnectRequest>(*request);
                asked += *connect.target.name + " " + std::to_string(connect.to.port) + "\n";
                peer.reply(*request, proto::ConnectReply{"web-2"}, std::move(fds));
            }
        }
    };
}

// isag proxy with one unix socket for stdin and stdout, of which this is the other end.
UniqueFd start_on_socket(const Stage& stage, const std::vector<std::string>& words,
                         std::optional<ChildProcess>& child) {
    test::SocketPair sockets;
    ChildOptions options;
    options.argv = Stage::command(words);
    options.env = stage.environment;
    options.fds = {{sockets.theirs.get(), 0}, {sockets.theirs.get(), 1}};
    child.emplace(ChildProcess::start(options));
    test::limit_waits(sockets.ours.get());
    return std::move(sockets.ours);
}

UniqueFd receive_descriptor(const UniqueFd& socket) {
    char byte = 0;
    iovec data{&byte, 1};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr header{};
    header.msg_iov = &data;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    if (::recvmsg(socket.get(), &header, MSG_CMSG_CLOEXEC) != 1) return {};
    const cmsghdr* part = CMSG_FIRSTHDR(&header);
    if (!part || part->cmsg_type != SCM_RIGHTS) return {};
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(part), sizeof fd);
    return UniqueFd(fd);
}

}  // namespace

TEST_CASE("isag proxy relays stdin and stdout to the port, and the end of one half goes through") {
    const test::Server server([](UniqueFd connection) { test::send_all(connection, test::receive(connection)); });
    const Stage stage;
    std::string asked;
    FakeDaemon daemon(stage.runtime(), lead_to(server, asked));
    const std::string bytes(3'000'000, 'b');
    const auto done = stage.isag({"proxy", "web", "3000"}, bytes);
    CHECK(done.status == 0);
    CHECK(done.out == bytes);
    CHECK(done.err == "");
    CHECK(daemon.failure() == "");
    CHECK(asked == "web 3000\n");
}

TEST_CASE("isag proxy: of a port where nothing listens the error says how to see what does") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), [](FakePeer& peer) {
        peer.fail(peer.expect("connect"), Error("localhost:1: cannot connect: Connection refused"));
    });
    const auto done = stage.isag({"proxy", "web", "1"});
    CHECK(done.status == 1);
    CHECK(done.err ==
          "isag: localhost:1: cannot connect: Connection refused\n  'isag ports web' lists what listens there\n");
}

TEST_CASE("isag proxy ends when the server resets the connection, though stdin stays open") {
    const test::Server server([](UniqueFd connection) {
        test::send_all(connection, "x");
        test::receive(connection, 1);
        test::reset_now(connection);
    });
    const Stage stage;
    std::string asked;
    FakeDaemon daemon(stage.runtime(), lead_to(server, asked));
    Pipe in = make_pipe();
    Pipe out = make_pipe();
    ChildOptions options;
    options.argv = Stage::command({"proxy", "web"});
    options.env = stage.environment;
    options.fds = {{in.read.get(), 0}, {out.write.get(), 1}};
    auto child = ChildProcess::start(options);
    REQUIRE(::write(in.write.get(), "y", 1) == 1);
    pollfd ended{child.pidfd().get(), POLLIN, 0};
    CHECK(::poll(&ended, 1, 20'000) == 1);
    CHECK(child.wait().as_shell() == 0);
}

TEST_CASE("isag proxy on ssh's unix socket sends the connection itself, and ends; with --relay it does not") {
    const test::Server server(test::echo);
    const Stage stage;
    std::string asked;
    FakeDaemon daemon(stage.runtime(), lead_to(server, asked));
    std::optional<ChildProcess> child;
    const UniqueFd ours = start_on_socket(stage, {"proxy", "isag-web"}, child);
    const UniqueFd connection = receive_descriptor(ours);
    REQUIRE(connection);
    CHECK(child->wait().as_shell() == 0);
    CHECK((::fcntl(connection.get(), F_GETFL) & O_NONBLOCK) == 0);
    test::send_all(connection, "through");
    CHECK(test::receive(connection, 7) == "through");

    const UniqueFd relayed = start_on_socket(stage, {"proxy", "--relay", "isag-other"}, child);
    test::send_all(relayed, "moved");
    CHECK(test::receive(relayed, 5) == "moved");
    ::shutdown(relayed.get(), SHUT_WR);
    CHECK(test::receive(relayed) == "");
    CHECK(child->wait().as_shell() == 0);
    CHECK(daemon.failure() == "");
    CHECK(asked == "ssh isag-web\nssh isag-other\n");
}

TEST_CASE("isag proxy --exact takes no sandbox but that of the very name") {
    const test::Server server([](UniqueFd connection) { test::send_all(connection, test::receive(connection)); });
    const Stage stage;
    std::string asked;
    FakeDaemon daemon(stage.runtime(), lead_to(server, asked));
    for (const std::string name : {"isag-pp", "pp"}) {
        CAPTURE(name);
        const auto done = stage.isag({"proxy", "--exact", name}, "bytes");
        CHECK(done.status == 0);
        CHECK(done.out == "bytes");
    }
    const auto other = stage.isag({"proxy", "--exact", "web"}, "bytes");
    CHECK(other.status == 1);
    CHECK(other.out == "");
    CHECK(other.err == "isag: no sandbox is named web\n  'isag ps' lists those that run\n");
    CHECK(daemon.failure() == "");
    CHECK(asked == "ssh isag-pp\nssh pp\nssh web\n");
}

TEST_CASE("isag proxy: wrong usage, and what isagd refuses") {
    const Stage stage;
    CHECK(stage.isag({"proxy"}).status == 2);
    CHECK(stage.isag({"proxy", "web", "80", "x"}).status == 2);
    CHECK(stage.isag({"proxy", "web", "0"}).status == 2);
    FakeDaemon daemon(stage.runtime(), [](FakePeer& peer) { peer.fail(peer.expect("ssh"), Error("no sshd")); });
    const auto done = stage.isag({"proxy", "web"});
    CHECK(done.status == 1);
    CHECK(done.err == "isag: no sshd\n");
}

}  // namespace isag

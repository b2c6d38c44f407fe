// SPDX-License-Identifier: Apache-2.0
#include "proto/descriptor_kind.hpp"
#include "tests/daemon/gate_net/fake_isagd.hpp"
#include "tests/daemon/gate_net/namespace.hpp"
#include <csignal>
#include <fstream>

using namespace isag;
using namespace isag::test;
using proto::gate::Event;

namespace {

// A gate that runs in the test's namespace, asked for connections.
struct AskedGate {
    World world;
    FakeIsagd isagd;

    explicit AskedGate(const std::string& mode = "limited") {
        if (!world) return;
        isagd.start(mode);
        isagd.greet();
        proto::gate::Configure settings;
        settings.rules = {{"example.com", {443}, false}};
        settings.resolvers = {{"198.51.100.1", 53}};
        if (mode != "open") isagd.configure(settings);
    }
    explicit operator bool() const { return static_cast<bool>(world); }

    proto::Incoming ask(const std::string& method, const std::string& host, std::int64_t port) {
        return isagd.with_descriptors(method, {{"host", host}, {"port", port}});
    }
    UniqueFd connect(const std::string& host, std::int64_t port) {
        auto reply = ask("connect", host, port);
        REQUIRE_MESSAGE(reply.fds.size() == 1, (reply.message.failure ? reply.message.failure->message() : ""));
        CHECK(proto::is_tcp_stream(reply.fds[0]));
        return std::move(reply.fds[0]);
    }
    std::string refusal(const std::string& method, const std::string& host, std::int64_t port) {
        const auto reply = ask(method, host, port);
        REQUIRE(reply.message.failure);
        CHECK(reply.fds.empty());
        if (method == "connect") CHECK(reply.message.failure->kind() == ErrorKind::not_found);
        return reply.message.failure->message();
    }
    // The port that the ruleset redirects to in that line of it.
    std::uint16_t redirected_to(const std::string& line) {
        const std::string rules = isagd.show().ruleset;
        const auto at = rules.find("redirect to :", rules.find(line));
        REQUIRE(at != std::string::npos);
        return static_cast<std::uint16_t>(std::stoi(rules.substr(at + 13)));
    }
};

struct Listening {
    std::int64_t port = 0;
    std::vector<UniqueFd> sockets;
};
Listening listening(proto::Incoming reply) {
    REQUIRE_MESSAGE(!reply.message.failure, (reply.message.failure ? reply.message.failure->message() : ""));
    for (const auto& socket : reply.fds) CHECK(proto::is_tcp_listener(socket));
    return {proto::from_json<proto::gate::Listening>(*reply.message.payload, "listen")->port, std::move(reply.fds)};
}

std::string address_of_peer(const UniqueFd& fd) {
    Peer peer;
    REQUIRE(::getpeername(fd.get(), reinterpret_cast<sockaddr*>(&peer.bytes), &peer.size) == 0);
    char text[INET6_ADDRSTRLEN] = {};
    if (peer.bytes.sin6_family == AF_INET6)
        ::inet_ntop(AF_INET6, &peer.bytes.sin6_addr, text, sizeof text);
    else
        ::inet_ntop(AF_INET, &reinterpret_cast<sockaddr_in&>(peer.bytes).sin_addr, text, sizeof text);
    return text;
}

std::string exchange(const UniqueFd& one, const UniqueFd& other) {
    REQUIRE(::send(one.get(), "hello", 5, MSG_NOSIGNAL) == 5);
    REQUIRE(readable(other));
    char bytes[16];
    const ssize_t n = ::recv(other.get(), bytes, sizeof bytes, 0);
    return {bytes, static_cast<std::size_t>(std::max<ssize_t>(n, 0))};
}

UniqueFd accepted(const UniqueFd& listener) {
    REQUIRE(readable(listener));
    UniqueFd out(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    REQUIRE(out);
    return out;
}

pid_t worker_of_gate(pid_t gate) {
    const auto id = std::to_string(gate);
    std::ifstream children("/proc/" + id + "/task/" + id + "/children");
    pid_t child = 0;
    children >> child;
    return child;
}

}  // namespace

TEST_CASE("connect: the sandbox's own servers are reached by every name of loopback") {
    AskedGate gate;
    if (!gate) return;
    const auto v4 = listen_on("127.0.0.1", 0, SOCK_STREAM);
    const auto v6 = listen_on("::1", 0, SOCK_STREAM);
    for (const char* host : {"", "localhost", "127.0.0.1"}) {
        const auto near = gate.connect(host, local_port(v4));
        const auto far = accepted(v4);
        CHECK(exchange(near, far) == "hello");
        CHECK(exchange(far, near) == "hello");
        CHECK(address_of_peer(near) == "127.0.0.1");
    }
    for (const char* host : {"", "localhost", "::1"})
        CHECK(address_of_peer(gate.connect(host, local_port(v6))) == "::1");
    const auto uplink = listen_on("10.77.0.2", 0, SOCK_STREAM);
    const auto near = gate.connect("10.77.0.2", local_port(uplink));
    CHECK(exchange(near, accepted(uplink)) == "hello");
}

TEST_CASE("sockets: whoever has one connects it to the sandbox's own servers, and reaches nothing else by it") {
    AskedGate gate;
    if (!gate) return;
    const auto server = listen_on("127.0.0.1", 0, SOCK_STREAM);
    auto reply = gate.isagd.with_descriptors("sockets", {{"count", 8}});
    REQUIRE(reply.fds.size() == 8);
    for (const auto& socket : reply.fds) CHECK(proto::is_tcp_stream(socket));
    Peer at;
    REQUIRE(::getsockname(server.get(), reinterpret_cast<sockaddr*>(&at.bytes), &at.size) == 0);
    // It does not block, and on loopback needs not.
    const int begun = ::connect(reply.fds[0].get(), reinterpret_cast<sockaddr*>(&at.bytes), at.size);
    CHECK((begun == 0 || errno == EINPROGRESS));
    CHECK(exchange(reply.fds[0], accepted(server)) == "hello");

    sockaddr_in outside{};
    outside.sin_family = AF_INET;
    outside.sin_port = htons(443);
    ::inet_pton(AF_INET, "10.77.0.1", &outside.sin_addr);
    ::connect(reply.fds[1].get(), reinterpret_cast<sockaddr*>(&outside), sizeof outside);
    REQUIRE(readable(reply.fds[1]));
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(reply.fds[1].get(), SOL_SOCKET, SO_ERROR, &error, &size);
    CHECK(error == ECONNREFUSED);

    for (const int count : {0, 9, -1}) CHECK(gate.isagd.raw("sockets", {{"count", count}}).failure);
}

TEST_CASE("connect: who refuses is told apart, and nothing of the gate's stays behind") {
    AskedGate gate;
    if (!gate) return;
    CHECK(gate.refusal("connect", "", 1) == "localhost:1: cannot connect: Connection refused");
    CHECK(gate.refusal("connect", "::1", 1) == "[::1]:1: cannot connect: Connection refused");
    const auto reply = gate.ask("connect", "localhost", 0);
    REQUIRE(reply.message.failure);
    CHECK(reply.message.failure->kind() == ErrorKind::usage);
    CHECK(gate.isagd.raw("connect", {{"host", "localhost"}}).failure);

    const auto listener = listen_on("127.0.0.1", 0, SOCK_STREAM);
    auto near = gate.connect("", local_port(listener));
    const auto far = accepted(listener);
    near.reset();
    REQUIRE(readable(far));
    char byte = 0;
    CHECK(::recv(far.get(), &byte, 1, 0) == 0);  // that was the last descriptor
}

TEST_CASE("connect: an address that the rules forbid the agent is refused, at once, and told") {
    AskedGate gate;
    if (!gate) return;
    gate.world.go_outside();
    const auto outside = listen_on("198.51.100.1", 443, SOCK_STREAM);
    gate.world.go_inside();
    CHECK(gate.refusal("connect", "198.51.100.1", 443) == "198.51.100.1:443: cannot connect: Connection refused");
    const auto event = gate.isagd.event([](const Event& e) { return e.target == "198.51.100.1"; });
    CHECK(event.port == 443);
    CHECK(!readable(outside, 0));
    gate.refusal("connect", "2001:db8::1", 443);
    gate.refusal("connect", "127.0.0.11", 80);
}

TEST_CASE("connect: the gate's own ports are not to be had, and no socket carries its mark") {
    AskedGate gate;
    if (!gate) return;
    const auto dns = gate.redirected_to("th dport 53");
    const auto relay = gate.redirected_to("ip daddr 198.18.0.0/15");
    REQUIRE(dns != relay);
    gate.refusal("connect", "127.0.0.1", dns);
    gate.refusal("connect", "::1", dns);
    gate.refusal("connect", "127.0.0.1", relay);

    const auto listener = listen_on("127.0.0.1", 0, SOCK_STREAM);
    const auto near = gate.connect("", local_port(listener));
    std::uint32_t mark = 1;
    socklen_t size = sizeof mark;
    REQUIRE(::getsockopt(near.get(), SOL_SOCKET, SO_MARK, &mark, &size) == 0);
    CHECK(mark == 0);
}

TEST_CASE("connect: a name goes as the firewall decides, with an event where it refuses") {
    AskedGate gate;
    if (!gate) return;
    gate.world.go_outside();
    const auto silent_resolver = listen_on("198.51.100.1", 53, SOCK_DGRAM);
    gate.world.go_inside();
    CHECK(address_of_peer(gate.connect("Example.com", 443)).starts_with("198.18.0."));
    CHECK(gate.refusal("connect", "example.com", 80).find("the firewall refuses it: ") != std::string::npos);
    CHECK(gate.isagd.event([](const Event& e) { return e.target == "example.com" && e.port == 80; }).protocol == "tcp");
    CHECK(gate.refusal("connect", "evil.example", 443).find("the firewall refuses it: ") != std::string::npos);
    const auto event = gate.isagd.event([](const Event& e) { return e.target == "evil.example"; });
    CHECK(event.protocol == "dns");
    CHECK(!event.allowed);
    CHECK(gate.refusal("connect", "a b", 443).find("has a byte that no host name has") != std::string::npos);
    gate.connect("isag.internal", 80);
}

TEST_CASE("connect: one that hangs keeps neither the others nor the line waiting") {
    AskedGate gate("open");
    if (!gate) return;
    gate.world.go_outside();
    shell(
        "ip addr add 198.51.100.9/32 dev lo && nft add table ip hole && nft 'add chain ip hole in { type filter hook "
        "input priority 0; }' && nft add rule ip hole in ip daddr 198.51.100.9 drop");
    gate.world.go_inside();
    const auto hanging = gate.isagd.request("connect", {{"host", "198.51.100.9"}, {"port", 443}});
    const auto listener = listen_on("127.0.0.1", 0, SOCK_STREAM);
    for (int i = 0; i < 100; ++i) {
        const auto near = gate.connect("", local_port(listener));
        CHECK(exchange(near, accepted(listener)) == "hello");
    }
    CHECK(!gate.isagd.show().limited);
    const auto began = std::chrono::steady_clock::now();
    const auto reply = gate.isagd.reply();
    CHECK(reply.message.id == hanging);
    REQUIRE(reply.message.failure);
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(13));
}

TEST_CASE("listen: localhost is both families with one port, and whoever holds the sockets accepts") {
    AskedGate gate;
    if (!gate) return;
    auto any = listening(gate.ask("listen", "", 0));
    REQUIRE(any.sockets.size() == 2);
    const auto port = static_cast<std::uint16_t>(any.port);
    for (const auto& socket : any.sockets) CHECK(local_port(socket) == port);
    CHECK(try_tcp("127.0.0.1", port) == 0);
    accepted(any.sockets[0]);
    CHECK(try_tcp("::1", port) == 0);
    accepted(any.sockets[1]);
    CHECK(gate.refusal("listen", "localhost", port) ==
          "port " + std::to_string(port) + " of the sandbox (localhost) is in use");
    any.sockets.clear();
    CHECK(try_tcp("127.0.0.1", port) == ECONNREFUSED);
    CHECK(listening(gate.ask("listen", "localhost", port)).sockets.size() == 2);  // at once, whatever lingers
}

TEST_CASE("listen: one address is that one alone, and * is every one") {
    AskedGate gate;
    if (!gate) return;
    const auto one = listening(gate.ask("listen", "127.0.0.1", 0));
    CHECK(one.sockets.size() == 1);
    CHECK(try_tcp("::1", static_cast<std::uint16_t>(one.port)) == ECONNREFUSED);
    const auto all = listening(gate.ask("listen", "*", 0));
    CHECK(all.sockets.size() == 2);
    CHECK(try_tcp("10.77.0.2", static_cast<std::uint16_t>(all.port)) == 0);
    gate.world.go_outside();  // nobody else gets in
    CHECK(try_tcp("10.77.0.2", static_cast<std::uint16_t>(all.port)) == ECONNREFUSED);
    gate.world.go_inside();
    CHECK(gate.refusal("listen", "198.51.100.1", 9020) ==
          "cannot listen in the sandbox at 198.51.100.1 port 9020: it has no such address");
    CHECK(gate.refusal("listen", "web.example", 0) == "'web.example' is not an address to listen at");
    CHECK(gate.refusal("listen", "", 65536) == "a port is between 0 and 65535");
}

TEST_CASE("listen: where the sandbox has no IPv6, that is said, though a socket at :: could be had") {
    AskedGate gate;
    if (!gate) return;
    CHECK(listening(gate.ask("listen", "::1", 0)).sockets.size() == 1);
    CHECK(listening(gate.ask("listen", "::", 0)).sockets.size() == 1);
    shell("ip -6 addr del ::1/128 dev lo");
    CHECK(gate.refusal("listen", "::1", 9030) == "cannot listen in the sandbox at ::1 port 9030: it has no IPv6");
    CHECK(gate.refusal("listen", "::", 9702) == "cannot listen in the sandbox at :: port 9702: it has no IPv6");
    CHECK(listening(gate.ask("listen", "", 0)).sockets.size() == 1);
}

TEST_CASE("connect and listen: they work again after a worker died, and what was handed out lives on") {
    AskedGate gate;
    if (!gate) return;
    const auto before = listening(gate.ask("listen", "", 0));
    const auto server = listen_on("127.0.0.1", 0, SOCK_STREAM);
    const auto near = gate.connect("", local_port(server));
    const auto far = accepted(server);
    REQUIRE(::kill(worker_of_gate(gate.isagd.gate().pid()), SIGKILL) == 0);
    CHECK(gate.isagd.greet().configured);
    CHECK(exchange(near, far) == "hello");
    CHECK(try_tcp("127.0.0.1", static_cast<std::uint16_t>(before.port)) == 0);
    accepted(before.sockets[0]);
    gate.connect("", local_port(server));
    gate.connect("example.com", 443);
    CHECK(listening(gate.ask("listen", "", 0)).sockets.size() == 2);
}

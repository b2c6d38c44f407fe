// SPDX-License-Identifier: Apache-2.0
#include "tests/daemon/gate_net/ruled.hpp"

using namespace isag;
using namespace isag::gate;
using namespace isag::test;

TEST_CASE("rules: the self-test passes where they are loaded, and fails where one is missing") {
    for (const auto mode : {Mode::limited, Mode::learn}) {
        Ruled ruled(mode);
        if (!ruled) return;
        self_test(ruled.nft, ruled.input);
        shell("nft flush chain inet isag names");
        CHECK_THROWS_WITH(self_test(ruled.nft, ruled.input), doctest::Contains("chain names has 0 rules"));
        shell("nft flush chain inet isag output");
        CHECK_THROWS_WITH(self_test(ruled.nft, ruled.input), doctest::Contains("was not refused at once"));
        shell("nft delete table inet isag");
        CHECK_THROWS_WITH(self_test(ruled.nft, ruled.input), doctest::Contains("got through"));
    }
}

TEST_CASE("rules: the self-test passes in a namespace without a way out, and without IPv6") {
    World world;
    if (!world) return;
    shell("ip link del uplink");
    REQUIRE(write_proc("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1"));
    const Sockets sockets = open_sockets();
    CHECK(!sockets.dns_udp6);
    const RuleInput input{mark, sockets.dns_port, sockets.relay_port, Mode::limited, false};
    const Nft nft;
    add_synthetic_route();
    add_synthetic_route();  // twice is once
    nft.load(ruleset(input));
    self_test(nft, input);
    CHECK(try_tcp("198.18.3.4", 443) == 0);
}

TEST_CASE("rules: loading them again replaces them") {
    Ruled ruled;
    if (!ruled) return;
    ruled.nft.load(ruleset(ruled.input));
    self_test(ruled.nft, ruled.input);
}

TEST_CASE("rules: a thousand unmarked connections are refused at once") {
    Ruled ruled;
    if (!ruled) return;
    auto longest = std::chrono::steady_clock::duration::zero();
    int refused = 0;
    for (int i = 0; i < 1000; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        refused += try_tcp("198.51.100.1", static_cast<std::uint16_t>(1000 + i)) == ECONNREFUSED;
        longest = std::max(longest, std::chrono::steady_clock::now() - begin);
    }
    CHECK(refused == 1000);
    CHECK(longest < std::chrono::seconds(1));
    CHECK(counter_packets(counter_refused) == 1000);
    CHECK(counter_packets(counter_accepted) == 0);
    CHECK(!counter_packets("of another name"));
}

TEST_CASE("rules: UDP, ping, IPv6 and the engine's resolver are refused at once") {
    Ruled ruled;
    if (!ruled) return;
    CHECK(try_udp("198.51.100.1", 443) == EPERM);
    CHECK(try_udp("198.18.0.9", 443) == EPERM);
    CHECK(try_tcp("2001:db8::1", 443) == ECONNREFUSED);
    CHECK(try_tcp("::ffff:198.51.100.1", 443) == ECONNREFUSED);
    CHECK(try_udp("2001:db8::1", 443) == EPERM);
    CHECK(try_udp("127.0.0.11", 40000) == EPERM);
    CHECK(try_udp("224.0.0.251", 5353) == EPERM);
    CHECK(try_udp("10.77.0.1", 40000) == EPERM);
    REQUIRE(write_proc("/proc/sys/net/ipv4/ping_group_range", "0 0"));
    const Peer to = peer("198.51.100.1", 0);
    const UniqueFd ping(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_ICMP));
    REQUIRE(ping);
    CHECK(send_to(ping, to, std::string("\x08\0\0\0\0\0\0\0", 8)) == EPERM);
    const UniqueFd server = listen_on("127.0.0.11", 40001, SOCK_STREAM);
    CHECK(try_tcp("127.0.0.11", 40001) == ECONNREFUSED);
    CHECK(!readable(server, 0));
}

TEST_CASE("rules: loopback and the sandbox's own address are free for its own servers") {
    for (const auto mode : {Mode::limited, Mode::learn}) {
        Ruled ruled(mode);
        if (!ruled) return;
        const UniqueFd tcp = listen_on("0.0.0.0", 40002, SOCK_STREAM), tcp6 = listen_on("::1", 40003, SOCK_STREAM);
        const UniqueFd udp = listen_on("127.0.0.1", 40002, SOCK_DGRAM);
        CHECK(try_tcp("127.0.0.1", 40002) == 0);
        CHECK(try_tcp("127.9.9.9", 40002) == 0);
        CHECK(try_tcp("10.77.0.2", 40002) == 0);
        CHECK(try_tcp("::1", 40003) == 0);
        CHECK(try_udp("127.0.0.1", 40002) == 0);
        CHECK(receive(udp) == "hello");
    }
}

TEST_CASE("rules: what carries the mark passes, and what carries another does not") {
    Ruled ruled;
    if (!ruled) return;
    ruled.world.go_outside();
    const UniqueFd server = listen_on("198.51.100.1", 443, SOCK_STREAM);
    const UniqueFd resolver = listen_on("198.51.100.1", 53, SOCK_DGRAM);
    const UniqueFd server6 = listen_on("2001:db8::1", 443, SOCK_STREAM);
    ruled.world.go_inside();
    CHECK(try_tcp("198.51.100.1", 443, mark) == 0);
    CHECK(try_tcp("198.51.100.1", 443, mark + 1) == ECONNREFUSED);
    CHECK(try_tcp("2001:db8::1", 443, mark) == 0);
    CHECK(try_udp("198.51.100.1", 53, mark) == 0);
    CHECK(receive(resolver) == "hello");
    CHECK(counter_packets(counter_accepted).value() > 2);
}

TEST_CASE("rules: a closed connection of the gate's still delivers what was sent") {
    Ruled ruled;
    if (!ruled) return;
    ruled.world.go_outside();
    const UniqueFd server = listen_on("198.51.100.1", 443, SOCK_STREAM);
    ruled.world.go_inside();
    const std::string much(1 << 20, 'x');
    ssize_t sent = 0;
    {
        const Peer to = peer("198.51.100.1", 443);
        const UniqueFd fd = make_socket(to, SOCK_STREAM);
        set_mark(fd, mark);
        REQUIRE(connect_to(fd, to) == 0);
        sent = ::send(fd.get(), much.data(), much.size(), 0);
        REQUIRE(sent > 0);
    }
    const UniqueFd connection = take_connection(server);
    ssize_t received = 0;
    char bytes[65536];
    for (ssize_t n = 1; n > 0; received += n) {
        REQUIRE(readable(connection));
        n = ::recv(connection.get(), bytes, sizeof bytes, 0);
        REQUIRE(n >= 0);
    }
    CHECK(received == sent);
}

TEST_CASE("rules: port 53 leads to the gate's DNS, whatever the address") {
    Ruled ruled;
    if (!ruled) return;
    for (const auto* address : {"198.18.0.1", "198.51.100.1", "127.0.0.1", "127.0.0.11", "10.77.0.2", "10.77.0.1"}) {
        CAPTURE(address);
        CHECK(try_tcp(address, 53) == 0);
        take_connection(ruled.sockets.dns_tcp);
        CHECK(try_udp(address, 53) == 0);
        CHECK(receive(ruled.sockets.dns_udp) == "hello");
    }
    for (const auto* address : {"2001:db8::1", "::1", "fd77::2"}) {
        CAPTURE(address);
        CHECK(try_tcp(address, 53) == 0);
        take_connection(ruled.sockets.dns_tcp6);
        CHECK(try_udp(address, 53) == 0);
        CHECK(receive(ruled.sockets.dns_udp6) == "hello");
    }
}

TEST_CASE("rules: an answer of the gate's DNS comes from the address that was asked") {
    Ruled ruled;
    if (!ruled) return;
    const Peer to = peer("198.51.100.1", 53);
    const UniqueFd client = make_socket(to, SOCK_DGRAM);
    REQUIRE(connect_to(client, to) == 0);
    REQUIRE(::send(client.get(), "q", 1, 0) == 1);
    Peer from;
    char byte;
    REQUIRE(readable(ruled.sockets.dns_udp));
    REQUIRE(::recvfrom(ruled.sockets.dns_udp.get(), &byte, 1, 0, reinterpret_cast<sockaddr*>(&from.bytes),
                       &from.size) == 1);
    CHECK(send_to(ruled.sockets.dns_udp, from, "answer") == 0);
    CHECK(receive(client) == "answer");
}

TEST_CASE("rules: a synthetic address leads to the relay, which learns of it") {
    Ruled ruled;
    if (!ruled) return;
    CHECK(try_tcp("198.18.0.7", 443) == 0);
    CHECK(original_destination(take_connection(ruled.sockets.relay)) == "198.18.0.7:443");
    CHECK(try_tcp("198.19.255.255", 22) == 0);
    CHECK(original_destination(take_connection(ruled.sockets.relay)) == "198.19.255.255:22");
    CHECK(try_tcp("198.20.0.1", 443) == ECONNREFUSED);
    CHECK(try_tcp("198.18.0.7", 443, mark) == ECONNREFUSED);  // nor does the gate itself dial one
}

TEST_CASE("rules: learning, every connection leads to the relay") {
    Ruled ruled(Mode::learn);
    if (!ruled) return;
    CHECK(try_tcp("198.51.100.1", 443) == 0);
    CHECK(original_destination(take_connection(ruled.sockets.relay)) == "198.51.100.1:443");
    CHECK(try_udp("198.51.100.1", 443) == EPERM);
    CHECK(try_tcp("2001:db8::1", 443) == ECONNREFUSED);
}

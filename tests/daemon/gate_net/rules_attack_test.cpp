// SPDX-License-Identifier: Apache-2.0
#include "tests/daemon/gate_net/ruled.hpp"

using namespace isag;
using namespace isag::gate;
using namespace isag::test;

TEST_CASE("rules: nobody reaches the gate's ports but by redirection") {
    Ruled ruled;
    if (!ruled) return;
    for (const auto* address : {"127.0.0.1", "127.0.0.2", "10.77.0.2", "::1", "fd77::2"}) {
        CAPTURE(address);
        CHECK(try_tcp(address, ruled.sockets.dns_port) == ECONNREFUSED);
        CHECK(try_tcp(address, ruled.sockets.relay_port) == ECONNREFUSED);
        try_udp(address, ruled.sockets.dns_port);
    }
    CHECK(!readable(ruled.sockets.dns_udp, 0));
    CHECK(!readable(ruled.sockets.dns_udp6, 0));
    CHECK(!readable(ruled.sockets.dns_tcp, 0));
    CHECK(!readable(ruled.sockets.relay, 0));
}

TEST_CASE("rules: nobody takes the gate's ports beside it") {
    Ruled ruled;
    if (!ruled) return;
    const auto taken = [](const char* address, int type, std::uint16_t port) {
        const Peer at = peer(address, port);
        const UniqueFd fd = make_socket(at, type);
        const int on = 1;
        ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
        return ::bind(fd.get(), at.get(), at.size) != 0 && errno == EADDRINUSE;
    };
    for (const auto* address : {"127.0.0.1", "0.0.0.0", "::"})
        for (const int type : {SOCK_STREAM, SOCK_DGRAM}) {
            CAPTURE(address);
            CHECK(taken(address, type, ruled.sockets.dns_port));
        }
    CHECK(taken("::1", SOCK_DGRAM, ruled.sockets.dns_port));
    CHECK(taken("127.0.0.1", SOCK_STREAM, ruled.sockets.relay_port));
}

TEST_CASE("rules: an agent can't ride on the entry of a socket that the gate closed") {
    Ruled ruled;
    if (!ruled) return;
    ruled.world.go_outside();
    const UniqueFd resolver = listen_on("198.51.100.1", 53, SOCK_DGRAM);
    const UniqueFd other = listen_on("198.51.100.1", 4433, SOCK_DGRAM);
    const UniqueFd web = listen_on("198.51.100.1", 443, SOCK_STREAM);
    ruled.world.go_inside();
    for (const std::uint16_t port : {53, 4433}) {
        const Peer to = peer("198.51.100.1", port);
        std::uint16_t source = 0;
        {
            const UniqueFd gates = make_socket(to, SOCK_DGRAM);
            set_mark(gates, mark);
            REQUIRE(send_to(gates, to, "question") == 0);
            source = local_port(gates);
            const UniqueFd& asked = port == 53 ? resolver : other;
            CHECK(receive(asked) == "question");
        }
        const UniqueFd agents = make_socket(to, SOCK_DGRAM);
        const Peer at = peer("10.77.0.2", source);
        REQUIRE(::bind(agents.get(), at.get(), at.size) == 0);
        CHECK(send_to(agents, to, "secret") == EPERM);
        CHECK(!readable(port == 53 ? resolver : other, 100));
    }
    const Peer to = peer("198.51.100.1", 443);
    UniqueFd gates = make_socket(to, SOCK_STREAM);
    set_mark(gates, mark);
    REQUIRE(connect_to(gates, to) == 0);
    take_connection(web);
    const std::uint16_t source = local_port(gates);
    const linger reset{1, 0};
    ::setsockopt(gates.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    gates.reset();
    const UniqueFd agents = make_socket(to, SOCK_STREAM);
    const Peer at = peer("10.77.0.2", source);
    REQUIRE(::bind(agents.get(), at.get(), at.size) == 0);
    CHECK(connect_to(agents, to) == ECONNREFUSED);
    CHECK(!readable(web, 0));
}

TEST_CASE("rules: nobody outside reaches a server in the sandbox, and is told so at once") {
    Ruled ruled;
    if (!ruled) return;
    const UniqueFd server = listen_on("0.0.0.0", 40005, SOCK_STREAM), udp = listen_on("0.0.0.0", 40005, SOCK_DGRAM);
    ruled.world.go_outside();
    CHECK(try_tcp("10.77.0.2", 40005) == ECONNREFUSED);
    CHECK(try_udp("10.77.0.2", 40005) == 0);
    ruled.world.go_inside();
    CHECK(!readable(server, 0));
    CHECK(!readable(udp, 50));
    CHECK(counter_packets(counter_refused_inbound) == 2);
    CHECK(counter_packets(counter_refused) == 0);
}

TEST_CASE("nft: what the kernel or nft refuses is said in one line") {
    Ruled ruled;
    if (!ruled) return;
    CHECK_THROWS_WITH(ruled.nft.load("table inet isag { chain x { nonsense } }"),
                      doctest::Contains("nft refuses the rules: "));
    CHECK_THROWS_WITH(Nft("/nowhere/nft").load(""), doctest::Contains("/nowhere/nft"));
    shell("nft 'add table ip other; add chain ip other isag'");
    CHECK(!ruled.nft.listing().chains.contains("isag"));
    CHECK(ruled.nft.text().find("redirect to") != std::string::npos);
}

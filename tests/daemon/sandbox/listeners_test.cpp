// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/listeners.hpp"
#include "common/error.hpp"
#include "common/unique_fd.hpp"
#include "daemon/sandbox/host_listener.hpp"
#include <algorithm>
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace isag;
using namespace isag::sandbox;

namespace {

proto::Forward published_at(const std::string& host, std::int64_t port) {
    proto::Forward out;
    out.kind = "local";
    out.listen = {host, port, {}};
    out.to.port = 80;
    return out;
}

bool connects(int family, std::int64_t port) {
    const UniqueFd fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(static_cast<std::uint16_t>(port));
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = v4.sin_port;
    v6.sin6_addr = in6addr_loopback;
    if (family == AF_INET6) return ::connect(fd.get(), reinterpret_cast<sockaddr*>(&v6), sizeof v6) == 0;
    return ::connect(fd.get(), reinterpret_cast<sockaddr*>(&v4), sizeof v4) == 0;
}

}  // namespace

TEST_CASE("parse_listeners: those that listen, of both families, and nothing of other lines") {
    const auto four = parse_listeners(
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
        "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0 100 0\n"
        "   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100 0\n"
        "   2: 0100007F:1F90 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 4713 1 0 100 0\n"
        "   3: 0100007F:1F9 garbage 0A\n   4: 01007F:1F90 00000000:0000 0A a b c 0 0 1\n\n");
    REQUIRE(four.size() == 2);
    CHECK(four[0].address == "127.0.0.1");
    CHECK(four[0].port == 8080);
    CHECK(four[0].uid == 1000);
    CHECK(four[0].inode == 4711);
    CHECK(four[1].address == "0.0.0.0");
    CHECK(four[1].port == 22);
    const auto six = parse_listeners(
        "   0: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 0:0 00:0 0 1000 0 5 1\n"
        "   1: 00000000000000000000000000000000:0051 00000000000000000000000000000000:0000 0A 0:0 00:0 0 1000 0 6 1\n");
    REQUIRE(six.size() == 2);
    CHECK(six[0].address == "::1");
    CHECK(six[0].port == 80);
    CHECK(six[1].address == "::");
    CHECK(parse_listeners("").empty());
}

TEST_CASE("listen_on_host: loopback of both families with one port; who holds a port that is taken is named") {
    const auto listener = listen_on_host(published_at("", 0));
    const auto port = listener.forward.listen.port;
    CHECK(port != 0);
    CHECK(listener.forward.to.port == 80);
    CHECK(connects(AF_INET, port));
    if (listener.sockets.size() == 2) CHECK(connects(AF_INET6, port));
    for (const char* host : {"", "127.0.0.1", "localhost"}) {
        try {
            listen_on_host(published_at(host, port));
            FAIL("it is taken");
        } catch (const Error& error) {
            const std::string end = "is in use by test_sandbox (" + std::to_string(::getpid()) + ")";
            CHECK(error.message().starts_with("port " + std::to_string(port) + " of this machine ("));
            CHECK_MESSAGE(error.message().ends_with(end), error.message());
        }
    }
}

TEST_CASE("listen_on_host: a port is free again at once, and one family that is taken is an error too") {
    std::int64_t port = 0;
    {
        const auto listener = listen_on_host(published_at("", 0));
        port = listener.forward.listen.port;
        REQUIRE(connects(AF_INET, port));
        const UniqueFd accepted(::accept4(listener.sockets[0].get(), nullptr, nullptr, SOCK_CLOEXEC));
    }
    const auto again = listen_on_host(published_at("127.0.0.1", port));
    CHECK(again.sockets.size() == 1);
    CHECK_THROWS_AS(listen_on_host(published_at("", port)), Error);
    CHECK_THROWS_AS(listen_on_host(published_at("web.example", 0)), Error);
    CHECK_THROWS_AS(listen_on_host(published_at("198.51.100.7", 0)), Error);
}

TEST_CASE("sandbox_listeners: what the processes of a namespace hold, and not what nobody there does") {
    const auto listener = listen_on_host(published_at("127.0.0.1", 0));
    const auto port = listener.forward.listen.port;
    const auto is_ours = [&](const HeldListener& held) { return held.socket.port == port; };
    const auto held = sandbox_listeners(::getpid(), std::nullopt);
    const auto ours = std::find_if(held.begin(), held.end(), is_ours);
    REQUIRE(ours != held.end());
    REQUIRE(ours->holder);
    CHECK(ours->holder->name == "test_sandbox");
    CHECK(sandbox_listeners(0x7ffffff0, std::nullopt).empty());
}

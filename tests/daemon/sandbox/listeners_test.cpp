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
            const std::string end = "is in use by another sandbox, or for the same one twice ('isag ports' tells)";
            CHECK(error.message().starts_with("port " + std::to_string(port) + " of this machine ("));
            CHECK_MESSAGE(error.message().ends_with(end), error.message());
        }
    }
    try {
        listen_on_host(published_at("", port), "the sandbox web (isag run -p)");
        FAIL("it is taken");
    } catch (const Error& error) {
        CHECK_MESSAGE(error.message().ends_with(" is in use by the sandbox web (isag run -p)"), error.message());
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
    const auto held = sandbox_listeners(::getpid(), pid_namespace_of(::getpid()), std::nullopt);
    const auto ours = std::find_if(held.begin(), held.end(), is_ours);
    REQUIRE(ours != held.end());
    REQUIRE(ours->holder);
    CHECK(ours->holder->name == "test_sandbox");
    CHECK(sandbox_listeners(0x7ffffff0, std::nullopt, std::nullopt).empty());
}

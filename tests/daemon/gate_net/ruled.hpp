// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/gate/counter.hpp"
#include "daemon/gate/route.hpp"
#include "daemon/gate/self_test.hpp"
#include "daemon/gate/sockets.hpp"
#include "tests/daemon/gate_net/namespace.hpp"
#include <linux/netfilter_ipv4.h>
#include <optional>

namespace isag::test {

inline constexpr std::uint32_t mark = 0x5a17c0de;

// A sandbox's namespace with the rules in it, and the gate's listening sockets, but no gate.
struct Ruled {
    explicit Ruled(gate::Mode mode = gate::Mode::limited) {
        if (!world) return;
        sockets = gate::open_sockets();
        input = {mark, sockets.dns_port, sockets.relay_port, mode, static_cast<bool>(sockets.dns_udp6)};
        gate::add_synthetic_route();
        nft.load(gate::ruleset(input));
    }
    explicit operator bool() const { return static_cast<bool>(world); }

    World world;
    gate::Sockets sockets;
    gate::RuleInput input;
    gate::Nft nft;
};

inline UniqueFd take_connection(const UniqueFd& listener) {
    REQUIRE(readable(listener));
    UniqueFd fd(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    REQUIRE(fd);
    return fd;
}

inline std::string original_destination(const UniqueFd& connection) {
    sockaddr_in to{};
    socklen_t size = sizeof to;
    REQUIRE(::getsockopt(connection.get(), SOL_IP, SO_ORIGINAL_DST, &to, &size) == 0);
    char text[INET_ADDRSTRLEN];
    return std::string(::inet_ntop(AF_INET, &to.sin_addr, text, sizeof text)) + ":" +
           std::to_string(ntohs(to.sin_port));
}

inline std::string receive(const UniqueFd& fd) {
    char bytes[64];
    REQUIRE(readable(fd));
    const ssize_t n = ::recv(fd.get(), bytes, sizeof bytes, 0);
    return {bytes, static_cast<std::size_t>(std::max<ssize_t>(n, 0))};
}

}  // namespace isag::test

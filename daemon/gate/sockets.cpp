// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/sockets.hpp"
#include "common/error.hpp"
#include "common/stream.hpp"
#include <arpa/inet.h>
#include <cerrno>
#include <netinet/in.h>
#include <sys/socket.h>

namespace isag::gate {
namespace {

constexpr int backlog = 4096;
constexpr int attempts = 100;

struct Address {
    sockaddr_in6 bytes{};
    socklen_t size = 0;
};

Address loopback(int family, std::uint16_t port) {
    Address out;
    if (family == AF_INET6) {
        out.bytes.sin6_family = AF_INET6;
        out.bytes.sin6_port = htons(port);
        out.bytes.sin6_addr = in6addr_loopback;
        out.size = sizeof(sockaddr_in6);
    } else {
        auto& v4 = reinterpret_cast<sockaddr_in&>(out.bytes);
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        out.size = sizeof(sockaddr_in);
    }
    return out;
}

// None, with errno, where it can't be.
UniqueFd listener(int family, int type, std::uint16_t port) {
    UniqueFd fd(::socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int on = 1;
    if (fd && family == AF_INET6) ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    const Address address = loopback(family, port);
    if (!fd || ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address.bytes), address.size) != 0) return {};
    if (type == SOCK_STREAM && ::listen(fd.get(), backlog) != 0) return {};
    return fd;
}

UniqueFd any_port(int type) {
    UniqueFd fd = listener(AF_INET, type, 0);
    if (!fd) throw errno_error("cannot listen on 127.0.0.1", errno);
    return fd;
}

bool has_ipv6() { return static_cast<bool>(listener(AF_INET6, SOCK_DGRAM, 0)); }

}  // namespace

Sockets open_sockets() {
    const bool ipv6 = has_ipv6();
    Sockets out;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        out.dns_udp = any_port(SOCK_DGRAM);
        out.dns_port = port_of(out.dns_udp);
        out.dns_tcp = listener(AF_INET, SOCK_STREAM, out.dns_port);
        if (!out.dns_tcp) continue;
        if (ipv6) {
            out.dns_udp6 = listener(AF_INET6, SOCK_DGRAM, out.dns_port);
            out.dns_tcp6 = listener(AF_INET6, SOCK_STREAM, out.dns_port);
            if (!out.dns_udp6 || !out.dns_tcp6) continue;
        }
        out.relay = any_port(SOCK_STREAM);
        out.relay_port = port_of(out.relay);
        return out;
    }
    throw Error("no port of 127.0.0.1 is free for both udp and tcp");
}

}  // namespace isag::gate

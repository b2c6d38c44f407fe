// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/socket.hpp"
#include "common/error.hpp"
#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <linux/netfilter_ipv4.h>

namespace isag::gate {

SocketAddress socket_address(const dns::Address& address, std::uint16_t port) {
    SocketAddress out;
    if (address.v6) {
        sockaddr_in6 in{};
        in.sin6_family = AF_INET6;
        in.sin6_port = htons(port);
        std::memcpy(&in.sin6_addr, address.bytes.data(), 16);
        std::memcpy(&out.storage, &in, out.size = sizeof in);
    } else {
        sockaddr_in in{};
        in.sin_family = AF_INET;
        in.sin_port = htons(port);
        std::memcpy(&in.sin_addr, address.bytes.data(), 4);
        std::memcpy(&out.storage, &in, out.size = sizeof in);
    }
    return out;
}

dns::Address address_v4(std::uint32_t address) {
    dns::Address out;
    for (std::size_t i = 0; i < 4; ++i) out.bytes[i] = static_cast<std::uint8_t>(address >> (24 - 8 * i));
    return out;
}

UniqueFd marked_socket(int family, int type, std::uint32_t mark) {
    UniqueFd out(::socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!out) throw errno_error("cannot make a socket", errno);
    if (mark != 0 && ::setsockopt(out.get(), SOL_SOCKET, SO_MARK, &mark, sizeof mark) != 0)
        throw errno_error("cannot mark a socket", errno);
    return out;
}

bool start_connect(const UniqueFd& socket, const SocketAddress& address) {
    return ::connect(socket.get(), address.get(), address.size) == 0 || errno == EINPROGRESS;
}

std::optional<Destination> original_destination(int socket) {
    sockaddr_in in{};
    socklen_t size = sizeof in;
    if (::getsockopt(socket, SOL_IP, SO_ORIGINAL_DST, &in, &size) != 0 || in.sin_family != AF_INET) return std::nullopt;
    return Destination{ntohl(in.sin_addr.s_addr), ntohs(in.sin_port)};
}

}  // namespace isag::gate

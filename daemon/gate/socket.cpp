// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/socket.hpp"
#include "common/error.hpp"
#include <algorithm>
#include <arpa/inet.h>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>
#include <linux/netfilter_ipv4.h>
#include <netinet/tcp.h>

namespace asio = boost::asio;
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

int connect_outcome(int socket) {
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
    return error;
}

void reset_on_close(int socket) {
    const linger at_once{1, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void keep_alive(int socket) {
    const int on = 1;
    const int idle = 600;
    const int interval = 60;
    const int probes = 5;
    ::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
    ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

std::optional<Destination> original_destination(int socket) {
    sockaddr_in in{};
    socklen_t size = sizeof in;
    if (::getsockopt(socket, SOL_IP, SO_ORIGINAL_DST, &in, &size) != 0 || in.sin_family != AF_INET) return std::nullopt;
    return Destination{ntohl(in.sin_addr.s_addr), ntohs(in.sin_port)};
}

asio::awaitable<void> wait_for(Stream& stream, Stream::wait_type what) {
    co_await stream.async_wait(what, asio::use_awaitable);
}

asio::awaitable<bool> is_ready(Stream& stream, Stream::wait_type what) {
    boost::system::error_code cancelled;
    co_await stream.async_wait(what, asio::redirect_error(asio::use_awaitable, cancelled));
    co_return !cancelled;
}

void close(Stream& stream) {
    if (stream.is_open()) UniqueFd(stream.release());
}

}  // namespace isag::gate

// SPDX-License-Identifier: Apache-2.0
#include "common/stream.hpp"
#include "common/unique_fd.hpp"
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <chrono>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace asio = boost::asio;
namespace isag {

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

UniqueFd listen_tcp(const sockaddr* at, socklen_t size) {
    constexpr int backlog = 4096;
    UniqueFd fd(::socket(at->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) return {};
    const int on = 1;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (at->sa_family == AF_INET6) ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    keep_alive(fd.get());  // and so do those that it accepts
    if (::bind(fd.get(), at, size) != 0 || ::listen(fd.get(), backlog) != 0) return {};
    return fd;
}

std::uint16_t port_of(const UniqueFd& socket) {
    sockaddr_in6 address{};
    socklen_t size = sizeof address;
    ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin6_port);  // at the same place in both families
}

bool is_shortage(int error) { return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM; }

asio::awaitable<void> accept_each(Stream& listener, std::function<void(UniqueFd)> take) {
    constexpr int burst = 64;
    constexpr std::chrono::milliseconds breather{50};
    for (;;) {
        co_await wait_for(listener, Stream::wait_read);
        for (int i = 0; i < burst; ++i) {
            UniqueFd socket(::accept4(listener.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
            if (socket) {
                take(std::move(socket));
                continue;
            }
            if (!is_shortage(errno)) break;
            asio::steady_timer pause(listener.get_executor(), breather);
            co_await pause.async_wait(asio::use_awaitable);
        }
    }
}

int connect_outcome(int socket) {
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
    return error;
}

void reset_on_close(int socket, bool on) {
    const linger at_once{on ? 1 : 0, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void close_in_order(Stream& stream) {
    if (stream.is_open()) reset_on_close(stream.native_handle(), false);
    close(stream);
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

}  // namespace isag

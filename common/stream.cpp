// SPDX-License-Identifier: Apache-2.0
#include "common/stream.hpp"
#include "common/unique_fd.hpp"
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
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

}  // namespace isag

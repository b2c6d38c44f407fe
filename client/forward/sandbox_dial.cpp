// SPDX-License-Identifier: Apache-2.0
#include "client/forward/sandbox_dial.hpp"
#include "common/deadline.hpp"
#include "common/error.hpp"
#include "proto/descriptor_kind.hpp"
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <chrono>
#include <netinet/in.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <poll.h>
#include <sys/socket.h>

namespace asio = boost::asio;
namespace isag::forward {
namespace {

constexpr std::chrono::milliseconds pause_until_able{50};
constexpr std::chrono::seconds near_limit{10};  // as the gate's, where a server's queue is full

// The sandbox's gate dials a new isagd a little later than we do. What the target or the firewall refuses is of another
// kind.
asio::awaitable<proto::Incoming> ask_until_able(ForwardRoom& room, const proto::ConnectRequest& request) {
    for (;;) {
        auto asking = room.line.ask("connect", request);
        try {
            co_return co_await std::move(asking);
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::failed || !room.line.is_new()) throw;
        }
        asio::steady_timer timer(co_await asio::this_coro::executor, pause_until_able);
        co_await timer.async_wait(asio::use_awaitable);
    }
}

bool is_near(const proto::Endpoint& to) {
    return to.path.empty() && (to.host.empty() || to.host == "localhost" || to.host == "127.0.0.1");
}

// Loopback has connected by the time that connect(2) returns, though it may not say so.
bool is_settled(const UniqueFd& socket) {
    pollfd fd{socket.get(), POLLOUT, 0};
    return ::poll(&fd, 1, 0) == 1;
}

// By a socket that we have. Nothing where there is none, or 127.0.0.1 refuses: isagd says what is wrong, and tries ::1.
asio::awaitable<std::optional<Stream>> dial_near(ForwardRoom& room, std::uint16_t port) {
    UniqueFd socket = room.sockets.take(room.target);
    if (!socket) co_return std::nullopt;
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool begun = ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0;
    if (!begun && errno != EINPROGRESS) co_return std::nullopt;
    const bool settled = begun || is_settled(socket);
    keep_alive(socket.get());
    Stream stream(co_await asio::this_coro::executor, socket.release());
    if (!settled) {
        auto connecting = wait_for(stream, Stream::wait_write);
        co_await with_deadline(std::move(connecting), near_limit, "to connect");
    }
    if (!begun && connect_outcome(stream.native_handle()) != 0) co_return std::nullopt;
    co_return std::move(stream);
}

}  // namespace

asio::awaitable<Stream> dial_sandbox(ForwardRoom& room, proto::Endpoint to) {
    if (is_near(to)) {
        auto near = co_await dial_near(room, static_cast<std::uint16_t>(to.port));
        if (near) co_return std::move(*near);
    }
    const bool is_path = !to.path.empty();
    const proto::ConnectRequest request{room.target, std::move(to)};
    auto answer = co_await ask_until_able(room, request);
    // What is read and written from now on as if we had made it (security.md D6).
    if (answer.fds.size() != 1 ||
        !(is_path ? proto::is_unix_stream(answer.fds[0]) : proto::is_tcp_stream(answer.fds[0])))
        throw Error("isagd handed over something else than a connection", "are isag and isagd of the same version?");
    UniqueFd socket = std::move(answer.fds[0]);
    set_nonblocking(socket, true);
    if (!is_path) keep_alive(socket.get());
    Stream stream(co_await asio::this_coro::executor, socket.release());
    co_return std::move(stream);
}

}  // namespace isag::forward

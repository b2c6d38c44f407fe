// SPDX-License-Identifier: Apache-2.0
#include "client/forward/sandbox_dial.hpp"
#include "common/error.hpp"
#include "proto/descriptor_kind.hpp"
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <nlohmann/json.hpp>

namespace asio = boost::asio;
namespace isag::forward {
namespace {

constexpr std::chrono::milliseconds pause_until_able{50};

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

}  // namespace

asio::awaitable<Stream> dial_sandbox(ForwardRoom& room, proto::Endpoint to) {
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

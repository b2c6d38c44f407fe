// SPDX-License-Identifier: Apache-2.0
#include "client/forward/accept_all.hpp"
#include "client/forward/limits.hpp"
#include "common/error.hpp"
#include <boost/asio/this_coro.hpp>
#include <cerrno>
#include <chrono>
#include <string>
#include <sys/socket.h>
#include <utility>

namespace asio = boost::asio;
namespace isag::forward {
namespace {

constexpr std::chrono::milliseconds breather{100};
constexpr int most_at_once = 64;  // then it is the others' turn

class CountedConnection {
public:
    CountedConnection(ForwardRoom& room, ConnectionShare& share) : room_(room), share_(share) { ++share_.open; }
    CountedConnection(const CountedConnection&) = delete;
    CountedConnection& operator=(const CountedConnection&) = delete;
    ~CountedConnection() {
        --share_.open;
        room_.closed.notify();
    }

private:
    ForwardRoom& room_;
    ConnectionShare& share_;
};

asio::awaitable<void> serve_counted(ForwardRoom& room, ConnectionShare& share, Serve serve, Stream accepted) {
    const CountedConnection counted(room, share);
    co_await serve(std::move(accepted));
}

// What accept(2) says where only this one connection failed.
bool is_passing(int error) {
    for (const int passing : {ECONNABORTED, EINTR, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH,
                              EOPNOTSUPP, ENETUNREACH, EPERM})
        if (error == passing) return true;
    return false;
}

enum class Accepted { one, none, shortage };

Accepted accept_one(ForwardRoom& room, ConnectionShare& share, Stream& listener, const Serve& serve) {
    UniqueFd socket(::accept4(listener.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket) {
        if (errno == EAGAIN) return Accepted::none;
        if (is_shortage(errno)) return Accepted::shortage;
        if (is_passing(errno)) return Accepted::one;
        throw errno_error("cannot accept connections", errno);
    }
    Stream accepted(listener.get_executor(), socket.release());
    room.connections.spawn(serve_counted(room, share, serve, std::move(accepted)));
    return Accepted::one;
}

// Once, and not of every connection: who wonders why one waits needs to know, and a flood is not to fill the screen.
void tell_that_others_wait(ForwardRoom& room, ConnectionShare& share) {
    if (std::exchange(share.was_told_full, true)) return;
    room.note("by " + share.options + " " + std::to_string(share.open) +
              (share.open == 1 ? " connection is" : " connections are") + " served now, and the next ones wait: " +
              (share.is_full() ? "'ulimit -Hn' sets how many, up to " + std::to_string(Limits::most_connections)
                               : "there are no more descriptors, or no memory for them"));
}

}  // namespace

asio::awaitable<void> accept_all(ForwardRoom& room, ConnectionShare& share, UniqueFd listener, Serve serve) {
    set_nonblocking(listener, true);
    Stream stream(co_await asio::this_coro::executor, listener.release());
    for (;;) {
        while (share.is_full()) {
            tell_that_others_wait(room, share);
            co_await room.closed.wait();
        }
        co_await wait_for(stream, Stream::wait_read);
        Accepted last = Accepted::one;
        for (int n = 0; n < most_at_once && last == Accepted::one && !share.is_full(); ++n)
            last = accept_one(room, share, stream, serve);
        if (last != Accepted::shortage) continue;
        tell_that_others_wait(room, share);
        co_await room.closed.wait_until(std::chrono::steady_clock::now() + breather);
    }
}

}  // namespace isag::forward

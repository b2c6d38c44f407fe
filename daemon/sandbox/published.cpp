// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/published.hpp"
#include "common/error.hpp"
#include "common/join.hpp"
#include "common/log_error.hpp"
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <chrono>
#include <sys/socket.h>

namespace asio = boost::asio;
using namespace std::chrono_literals;
namespace isag::sandbox {
namespace {

// So many at a time, before others have their turn.
constexpr int accept_burst = 64;

}  // namespace

// A connection's failure is its own: it is reset, and there is nobody to tell.
Published::Published(asio::any_io_executor executor, Connect connect)
    : executor_(executor),
      connect_(std::move(connect)),
      listeners_(executor, log_unless_cancelled),
      connections_(executor, [](std::exception_ptr) {}) {}

void Published::add(HostListener listener) {
    for (auto& socket : listener.sockets) listeners_.spawn(accept(std::move(socket), listener.forward.to));
}

void Published::close() { listeners_.cancel(); }

asio::awaitable<void> Published::end() {
    listeners_.cancel();
    co_await listeners_.join();
    connections_.cancel();
    co_await connections_.join();
}

asio::awaitable<void> Published::accept(UniqueFd listener, proto::Endpoint to) {
    Stream stream(executor_, listener.release());
    for (;;) {
        co_await wait_for(stream, Stream::wait_read);
        for (int i = 0; i < accept_burst; ++i) {
            UniqueFd socket(::accept4(stream.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
            if (socket) {
                take(std::move(socket), to);
                continue;
            }
            if (!is_shortage(errno)) break;
            // What waits can't be taken away: the listener stays readable.
            asio::steady_timer pause(executor_, 50ms);
            co_await pause.async_wait(asio::use_awaitable);
        }
    }
}

void Published::take(UniqueFd socket, const proto::Endpoint& to) {
    if (open_ < most) return connections_.spawn(lead(std::move(socket), to));
    reset_on_close(socket.get());
}

asio::awaitable<void> Published::lead(UniqueFd socket, proto::Endpoint to) {
    struct Counted {
        explicit Counted(std::size_t& count) : open(count) { ++open; }
        Counted(const Counted&) = delete;
        ~Counted() { --open; }
        std::size_t& open;
    };
    const Counted counted(open_);
    UniqueFd target;
    try {
        target = co_await connect_(std::move(to));
    } catch (...) {
        reset_on_close(socket.get());
        throw;
    }
    Stream outer(executor_, socket.release());
    Stream inner(executor_, target.release());
    co_await join(std::move(outer), std::move(inner), room_);
}

}  // namespace isag::sandbox

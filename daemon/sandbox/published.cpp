// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/published.hpp"
#include "common/error.hpp"
#include "common/join.hpp"
#include "common/log_error.hpp"
#include <boost/asio/use_awaitable.hpp>
#include <sys/socket.h>

namespace asio = boost::asio;
namespace isag::sandbox {

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
    std::function<void(UniqueFd)> take_it = [this, &to](UniqueFd socket) { take(std::move(socket), to); };
    co_await accept_each(stream, std::move(take_it));
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

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include "daemon/gate/resolver_message.hpp"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <netinet/in.h>
#include <optional>
#include <sys/socket.h>

// The gate's sockets. Bytes are moved by plain calls, so Asio only waits.
namespace isag::gate {

using Stream = boost::asio::posix::stream_descriptor;

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};
SocketAddress socket_address(const dns::Address& address, std::uint16_t port);
dns::Address address_v4(std::uint32_t address);

// A non-blocking socket that the namespace's rules let out: with SO_MARK, where `mark` is not 0. Throws Error.
UniqueFd marked_socket(int family, int type, std::uint32_t mark);

// Begins to connect. False where it failed at once, errno then says why.
bool start_connect(const UniqueFd& socket, const SocketAddress& address);
// What became of it, once the socket is writable: 0 or an errno value.
int connect_outcome(int socket);

// From now on its close is seen as a reset by the peer.
void reset_on_close(int socket);
// A peer that has vanished is noticed within a quarter of an hour, one that is just silent is left alone.
void keep_alive(int socket);

// Where a connection was going before the namespace's rules redirected it; host order. Nothing where it was not.
struct Destination {
    std::uint32_t address = 0;
    std::uint16_t port = 0;
};
std::optional<Destination> original_destination(int socket);

// Waits until a read or write on it would not block, or fails: that then says why. Cancelled: throws.
boost::asio::awaitable<void> wait_for(Stream& stream, Stream::wait_type what);
// The same, for what is cancelled as often as not: false then, since an exception costs as much as a connection.
boost::asio::awaitable<bool> is_ready(Stream& stream, Stream::wait_type what);

// Takes it out of Asio's epoll set first: a descriptor that somebody else holds too would stay in it.
void close(Stream& stream);

}  // namespace isag::gate

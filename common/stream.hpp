// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <functional>
#include <sys/socket.h>

// A socket whose bytes are moved by plain calls: Asio only waits.
namespace isag {

using Stream = boost::asio::posix::stream_descriptor;

// Waits until a read or write on it would not block, or fails: that then says why. Cancelled: throws.
boost::asio::awaitable<void> wait_for(Stream& stream, Stream::wait_type what);
// The same, for what is cancelled as often as not: false then, since an exception costs as much as a connection.
boost::asio::awaitable<bool> is_ready(Stream& stream, Stream::wait_type what);

// Takes it out of Asio's epoll set first: a descriptor that somebody else holds too would stay in it.
void close(Stream& stream);

// A TCP socket that listens there, of IPv6 alone where that is its family; none, with errno, where it can't be. The
// address may be had again at once after its last listener (SO_REUSEADDR), but not while somebody listens.
UniqueFd listen_tcp(const sockaddr* at, socklen_t size);
// The port of an IPv4 or IPv6 socket.
std::uint16_t port_of(const UniqueFd& socket);
// What accept(2) says where it is no connection's fault: descriptors or memory are out.
bool is_shortage(int error);

// Accepts connections until it is cancelled, some at a time, before it is the others' turn. A shortage is waited out:
// what waits to be accepted can't be taken away. `take` gets them non-blocking; what it throws ends the accepting.
boost::asio::awaitable<void> accept_each(Stream& listener, std::function<void(UniqueFd)> take);

// What became of connect(2), once the socket is writable, or of a connection that broke: 0 or an errno value.
int connect_outcome(int socket);
// From now on its close, by the end of our process too, is seen as a reset by the peer (TCP), or as an end again.
void reset_on_close(int socket, bool on = true);
// The close, in good order, of one that would be reset.
void close_in_order(Stream& stream);
// A peer that has vanished is noticed within a quarter of an hour, one that is just silent is left alone. Small
// packets go out at once.
void keep_alive(int socket);

}  // namespace isag

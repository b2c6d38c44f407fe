// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/forward/forward_room.hpp"
#include "common/stream.hpp"
#include "common/unique_fd.hpp"
#include <boost/asio/awaitable.hpp>
#include <functional>

namespace isag::forward {

using Serve = std::function<boost::asio::awaitable<void>(Stream accepted)>;

// Accepts from a listening socket, and has each connection served among those of the share, until it is cancelled.
// Where that is full the next ones wait in the kernel's queue.
boost::asio::awaitable<void> accept_all(ForwardRoom& room, ConnectionShare& share, UniqueFd listener, Serve serve);

}  // namespace isag::forward

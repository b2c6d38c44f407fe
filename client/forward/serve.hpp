// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/forward/forward_room.hpp"
#include "common/stream.hpp"
#include "proto/forward.hpp"
#include <boost/asio/awaitable.hpp>

// What becomes of an accepted connection: it is led to its target until both ends are through with it. Where there is
// no target, and where it is cancelled, who connected sees a reset (TCP).
namespace isag::forward {

// -L: to that place in the sandbox.
boost::asio::awaitable<void> serve_local(ForwardRoom& room, proto::Endpoint to, Stream accepted);

// -R: to that place of this machine.
boost::asio::awaitable<void> serve_remote(ForwardRoom& room, proto::Endpoint to, Stream accepted);

// -D: to where it asks for, in the sandbox.
boost::asio::awaitable<void> serve_dynamic(ForwardRoom& room, Stream accepted);

}  // namespace isag::forward

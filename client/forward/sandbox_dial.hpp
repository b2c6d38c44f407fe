// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/forward/forward_room.hpp"
#include "common/stream.hpp"
#include <boost/asio/awaitable.hpp>

namespace isag::forward {

// A connection to that place in the sandbox, by isagd. Throws Error, of kind not_found where the target refuses.
boost::asio::awaitable<Stream> dial_sandbox(ForwardRoom& room, proto::Endpoint to);

}  // namespace isag::forward

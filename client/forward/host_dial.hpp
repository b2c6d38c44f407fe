// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/stream.hpp"
#include "proto/forward.hpp"
#include <boost/asio/awaitable.hpp>

namespace isag::forward {

// A connection to that place of this machine's network, or to that unix socket. A name is resolved anew each time, in a
// thread of its own, and each of its addresses tried in turn, for ten seconds. Throws Error.
boost::asio::awaitable<Stream> dial_host(proto::Endpoint to);

}  // namespace isag::forward

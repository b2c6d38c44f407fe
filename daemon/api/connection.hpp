// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/api/daemon.hpp"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/stream_protocol.hpp>

namespace isag::api {

// Serves one client until it hangs up; what it had asked for and is not done is cancelled then.
boost::asio::awaitable<void> serve(Daemon& daemon, boost::asio::local::stream_protocol::socket socket);

}  // namespace isag::api

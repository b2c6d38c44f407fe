// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/api/daemon.hpp"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <filesystem>

namespace isag::api {

// A listening socket at the path, mode 0600. The caller holds the lock that says no other daemon uses it. Throws Error.
boost::asio::local::stream_protocol::acceptor listen_at(boost::asio::any_io_executor executor,
                                                        const std::filesystem::path& path);

// Accepts clients until it is cancelled, and serves each in a task of the group.
boost::asio::awaitable<void> accept_clients(Daemon& daemon, boost::asio::local::stream_protocol::acceptor& acceptor,
                                            TaskGroup& clients);

}  // namespace isag::api

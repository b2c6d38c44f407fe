// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/child_process.hpp"
#include <boost/asio/awaitable.hpp>

namespace isag {

// Waits for the child without blocking the loop. Cancelled: the child is killed with its owner.
boost::asio::awaitable<ExitStatus> wait_for(ChildProcess& child);

}  // namespace isag

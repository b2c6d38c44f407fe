// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include "daemon/gate/shared.hpp"
#include <boost/asio/awaitable.hpp>

namespace isag::gate {

// Subscribes to what the rules refuse (nfnetlink_log, group log_group). Throws Error.
UniqueFd open_packet_log();

// Puts each refused packet into the events, and the number of those that the rules' rate limit left out.
boost::asio::awaitable<void> read_packet_log(Shared& shared, UniqueFd socket);

}  // namespace isag::gate

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/gate/resolver_message.hpp"
#include "daemon/gate/socket.hpp"
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <vector>

namespace isag::gate {

// Connects to the first address that answers: each gets half a second before the next is tried beside it (RFC 8305, 5),
// ten seconds in all. Throws Error.
boost::asio::awaitable<Stream> dial(std::vector<dns::Address> addresses, std::uint16_t port, std::uint32_t mark);

}  // namespace isag::gate

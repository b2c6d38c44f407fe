// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include "daemon/gate/shared.hpp"
#include <boost/asio/awaitable.hpp>

// The DNS that the sandbox asks, whatever server it means to ask (RFC 1035; over TCP: RFC 7766). Until they are
// cancelled.
namespace isag::gate {

boost::asio::awaitable<void> serve_dns_udp(Shared& shared, UniqueFd socket);
boost::asio::awaitable<void> serve_dns_tcp(Shared& shared, UniqueFd listener);

}  // namespace isag::gate

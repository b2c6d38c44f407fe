// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/gate/resolver_message.hpp"
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>

namespace isag::gate {

struct ResolverAddress {
    dns::Address address;
    std::uint16_t port = 53;
};

// Asks one resolver one question: over UDP from a random port with a random id (RFC 5452), over TCP where the answer
// was truncated or where too many false ones came. The reply may be an error of any code. Throws Error where none came
// within a second and a half (the same again for TCP).
boost::asio::awaitable<dns::Reply> ask_resolver(ResolverAddress resolver, std::uint32_t mark, std::string name,
                                                std::uint16_t type);

}  // namespace isag::gate

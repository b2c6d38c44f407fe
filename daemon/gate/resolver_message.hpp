// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include "daemon/gate/dns.hpp"
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What the gate says to its own resolvers, and reads from them (RFC 1035, RFC 5452). Pure.
namespace isag::gate::dns {

// An address as an answer brings it; IPv4 in the first four bytes.
struct Address {
    bool v6 = false;
    std::array<std::uint8_t, 16> bytes{};
    bool operator==(const Address&) const = default;
};

// A recursive query for a normalized name.
std::string make_query(std::uint16_t id, std::string_view name, std::uint16_t type);

struct Reply {
    Code code = Code::no_error;
    bool truncated = false;          // ask again over tcp
    std::vector<Address> addresses;  // at the end of the name's chain of CNAMEs, of the type asked for
    std::uint32_t time_to_live = 0;  // seconds: the least along the chain
};

// The reply to that query. A failure where it is no answer to it (another id, question or flags: a spoofer's, to be
// passed over) or malformed. At most 16 CNAMEs are followed, and 64 addresses taken.
Result<Reply> parse_reply(std::string_view packet, std::uint16_t id, std::string_view name, std::uint16_t type);

// Is the address one that no public name should stand for (security.md N4)? The name of its range where so.
std::optional<std::string_view> special_use(const Address& address);

}  // namespace isag::gate::dns

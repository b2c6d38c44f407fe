// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What the kernel says of refused packets. Pure.
namespace isag::gate {

// Where a packet wanted to go.
struct Packet {
    std::string protocol;               // "tcp", "udp", "icmp", else "protocol 132"
    std::string address;                // IPv4 or IPv6
    std::optional<std::uint32_t> ipv4;  // the same in host order
    std::uint16_t port = 0;             // 0: none, or not in what was copied
};

// The front of an IPv4 (RFC 791) or IPv6 (RFC 8200) packet. Nothing where it is neither, or ends before its addresses
// do.
std::optional<Packet> parse_packet(std::string_view bytes);

// The packets in one datagram of messages from nfnetlink_log (linux/netfilter/nfnetlink_log.h), as views into it. What
// else is in there, or cut off, is passed over.
std::vector<std::string_view> logged_packets(std::string_view datagram);

}  // namespace isag::gate

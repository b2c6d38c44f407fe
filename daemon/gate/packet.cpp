// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/packet.hpp"
#include "daemon/gate/cursor.hpp"
#include <arpa/inet.h>
#include <cstring>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/netlink.h>

namespace isag::gate {
namespace {

constexpr int most_extensions = 8;

std::string protocol_name(std::uint32_t number) {
    if (number == IPPROTO_TCP) return "tcp";
    if (number == IPPROTO_UDP) return "udp";
    if (number == IPPROTO_ICMP || number == IPPROTO_ICMPV6) return "icmp";
    return "protocol " + std::to_string(number);
}

bool has_ports(std::uint32_t number) {
    return number == IPPROTO_TCP || number == IPPROTO_UDP || number == IPPROTO_UDPLITE || number == IPPROTO_SCTP ||
           number == IPPROTO_DCCP;
}

std::string text_of(int family, std::string_view address) {
    char text[INET6_ADDRSTRLEN] = {};
    ::inet_ntop(family, address.data(), text, sizeof text);
    return text;
}

// What follows the IP header: source port, destination port.
void take_transport(Packet& packet, std::uint32_t protocol, Cursor cursor) {
    packet.protocol = protocol_name(protocol);
    if (!has_ports(protocol) || !cursor.take(2)) return;
    if (const auto port = cursor.integer(2)) packet.port = static_cast<std::uint16_t>(*port);
}

std::optional<Packet> parse_ipv4(std::string_view bytes) {
    constexpr std::size_t shortest = 20;
    if (bytes.size() < shortest) return std::nullopt;
    const std::size_t header = (static_cast<unsigned char>(bytes[0]) & 15u) * 4;
    const auto protocol = static_cast<unsigned char>(bytes[9]);
    Packet packet;
    packet.ipv4 = Cursor(bytes.substr(16)).integer(4);
    packet.address = text_of(AF_INET, bytes.substr(16, 4));
    const bool first_fragment = (*Cursor(bytes.substr(6)).integer(2) & 0x1fff) == 0;
    const bool whole_header = header >= shortest && header <= bytes.size();
    take_transport(packet, protocol, Cursor(first_fragment && whole_header ? bytes.substr(header) : ""));
    return packet;
}

bool is_extension(std::uint32_t number) {
    return number == IPPROTO_HOPOPTS || number == IPPROTO_ROUTING || number == IPPROTO_DSTOPTS;
}

std::optional<Packet> parse_ipv6(std::string_view bytes) {
    constexpr std::size_t header = 40;
    if (bytes.size() < header) return std::nullopt;
    Packet packet;
    packet.address = text_of(AF_INET6, bytes.substr(24, 16));
    std::uint32_t next = static_cast<unsigned char>(bytes[6]);
    Cursor cursor(bytes.substr(header));
    for (int i = 0; i < most_extensions && is_extension(next); ++i) {
        const auto following = cursor.integer(1);
        const auto length = cursor.integer(1);  // in units of 8 bytes beyond the first
        if (!length || !cursor.take(6 + *length * 8)) {
            cursor = Cursor("");
            break;
        }
        next = *following;
    }
    take_transport(packet, next, cursor);
    return packet;
}

// Netlink's own numbers are in the machine's order, and each part is padded to four bytes.
template <class Head>
std::optional<Head> head_of(std::string_view bytes) {
    Head head{};
    if (bytes.size() < sizeof head) return std::nullopt;
    std::memcpy(&head, bytes.data(), sizeof head);
    return head;
}

void skip(std::string_view& bytes, std::size_t length) {
    bytes.remove_prefix(std::min(bytes.size(), (length + 3) & ~std::size_t{3}));
}

std::optional<std::string_view> payload_of(std::string_view attributes) {
    while (const auto head = head_of<nlattr>(attributes)) {
        if (head->nla_len < sizeof *head || head->nla_len > attributes.size()) return std::nullopt;
        if ((head->nla_type & NLA_TYPE_MASK) == NFULA_PAYLOAD)
            return attributes.substr(sizeof *head, head->nla_len - sizeof *head);
        skip(attributes, head->nla_len);
    }
    return std::nullopt;
}

}  // namespace

std::optional<Packet> parse_packet(std::string_view bytes) {
    if (bytes.empty()) return std::nullopt;
    const int version = static_cast<unsigned char>(bytes[0]) >> 4;
    if (version == 4) return parse_ipv4(bytes);
    if (version == 6) return parse_ipv6(bytes);
    return std::nullopt;
}

std::vector<std::string_view> logged_packets(std::string_view datagram) {
    constexpr std::size_t heads = sizeof(nlmsghdr) + sizeof(nfgenmsg);
    std::vector<std::string_view> out;
    while (const auto head = head_of<nlmsghdr>(datagram)) {
        if (head->nlmsg_len < sizeof *head || head->nlmsg_len > datagram.size()) break;
        if (head->nlmsg_type == (NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_PACKET) && head->nlmsg_len >= heads)
            if (const auto payload = payload_of(datagram.substr(heads, head->nlmsg_len - heads)))
                out.push_back(*payload);
        skip(datagram, head->nlmsg_len);
    }
    return out;
}

}  // namespace isag::gate

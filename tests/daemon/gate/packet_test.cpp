// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/packet.hpp"
#include "daemon/gate/netlink.hpp"
#include <cstring>
#include <doctest/doctest.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/netlink.h>

using namespace isag::gate;

namespace {

std::string bytes(std::initializer_list<int> values) {
    std::string out;
    for (const int value : values) out += static_cast<char>(value);
    return out;
}

std::string ipv4(int protocol, const std::string& rest, int fragment = 0) {
    return bytes({0x45, 0, 0,   60, 0,   1, fragment >> 8, fragment & 255, 64, protocol, 0, 0, 10, 0,
                  0,    2, 198, 51, 100, 7}) +
           rest;
}

std::string ipv6(int next, const std::string& rest) {
    return bytes({0x60, 0, 0, 0, 0, 40, next, 64}) + std::string(16, '\1') +
           bytes({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9}) + rest;
}

const std::string ports = bytes({0xc0, 0x01, 0x01, 0xbb, 1, 2, 3, 4});

std::string logged(const std::string& packet) {
    NetfilterMessage message(NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_PACKET, 0, 2, 7117);
    message.attribute(NFULA_PREFIX, std::string("x\0", 2));
    message.attribute(NFULA_PAYLOAD, packet);
    return message.bytes();
}

}  // namespace

TEST_CASE("packet: where an IPv4 packet wanted to go") {
    const auto tcp = parse_packet(ipv4(6, ports));
    REQUIRE(tcp);
    CHECK(tcp->protocol == "tcp");
    CHECK(tcp->address == "198.51.100.7");
    CHECK(tcp->ipv4 == 0xc6336407);
    CHECK(tcp->port == 443);
    CHECK(parse_packet(ipv4(17, ports))->protocol == "udp");
    CHECK(parse_packet(ipv4(17, ports))->port == 443);
    CHECK(parse_packet(ipv4(1, ports))->protocol == "icmp");
    CHECK(parse_packet(ipv4(1, ports))->port == 0);
    CHECK(parse_packet(ipv4(132, ports))->protocol == "protocol 132");
}

TEST_CASE("packet: options are skipped, and a later fragment has no port") {
    auto with_options = ipv4(6, std::string(8, '\1') + ports);
    with_options[0] = 0x47;
    CHECK(parse_packet(with_options)->port == 443);
    CHECK(parse_packet(ipv4(6, ports, 100))->port == 0);
    auto short_header = ipv4(6, ports);
    short_header[0] = 0x41;
    CHECK(parse_packet(short_header)->port == 0);
}

TEST_CASE("packet: where an IPv6 packet wanted to go") {
    const auto udp = parse_packet(ipv6(17, ports));
    REQUIRE(udp);
    CHECK(udp->address == "2001:db8::9");
    CHECK(!udp->ipv4);
    CHECK(udp->port == 443);
    CHECK(parse_packet(ipv6(58, ports))->protocol == "icmp");
    const auto behind =
        parse_packet(ipv6(0, bytes({60, 0, 0, 0, 0, 0, 0, 0}) + bytes({6, 1}) + std::string(14, '\0') + ports));
    CHECK(behind->protocol == "tcp");
    CHECK(behind->port == 443);
}

TEST_CASE("packet: cut off anywhere, it is nothing or less") {
    for (const auto& whole : {ipv4(6, ports), ipv6(60, bytes({6, 0, 0, 0, 0, 0, 0, 0}) + ports)})
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const auto packet = parse_packet(whole.substr(0, size));
            if (packet) CHECK((packet->port == 0 || packet->port == 443));
        }
    CHECK(!parse_packet(""));
    CHECK(!parse_packet(std::string(100, '\x50')));
}

TEST_CASE("packet: the kernel's log is taken apart, cut off anywhere") {
    const std::string first = ipv4(6, ports), second = ipv6(17, ports);
    const std::string two = logged(first) + logged(second);
    const auto found = logged_packets(two);
    REQUIRE(found.size() == 2);
    CHECK(found[0] == first);
    CHECK(found[1] == second);
    for (std::size_t size = 0; size < two.size(); ++size)
        CHECK(logged_packets(two.substr(0, size)).size() == (size < logged(first).size() ? 0 : 1));
}

TEST_CASE("packet: other messages and impossible lengths are passed over") {
    NetfilterMessage other(NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_CONFIG, 0, 2, 7117);
    other.attribute(NFULA_PAYLOAD, ipv4(6, ports));
    CHECK(logged_packets(other.bytes() + logged(ipv4(6, ports))).size() == 1);
    for (std::size_t at = 0; at < logged(ipv4(6, ports)).size(); ++at)
        for (const char value : {'\0', '\1', '\x7f', '\xff'}) {
            auto broken = logged(ipv4(6, ports));
            broken[at] = value;
            for (const auto packet : logged_packets(broken)) parse_packet(packet);
        }
}

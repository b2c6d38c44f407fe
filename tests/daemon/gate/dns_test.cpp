// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/dns.hpp"
#include "daemon/gate/resolver_message.hpp"
#include <doctest/doctest.h>

using namespace isag::gate::dns;
using namespace std::literals;

namespace {

const std::string query_a = make_query(0x1234, "www.example.com", type_a);
const std::string opt = "\x00\x00\x29\x10\x00\x00\x00\x00\x00\x00\x00"s;  // udp size 4096

std::string with_opt(std::string packet) {
    packet[11] = 1;
    return packet + opt;
}

// Answers to query_a: flags, count, records as given.
std::string reply(const std::string& records, int count, const std::string& flags = "\x81\x80") {
    std::string packet = query_a;
    packet.replace(2, 2, flags);
    packet[7] = static_cast<char>(count);
    return packet + records;
}
const std::string owner = "\xc0\x0c"s;  // the question's name
std::string a_record(const std::string& name, const std::string& address, char ttl = 60) {
    return name + "\x00\x01\x00\x01\x00\x00\x00"s + ttl + "\x00\x04"s + address;
}
std::string cname(const std::string& name, const std::string& target, char ttl = 60) {
    return name + "\x00\x05\x00\x01\x00\x00\x00"s + ttl + '\0' + static_cast<char>(target.size()) + target;
}
const std::string edge =
    "\x04"
    "edge\x03"
    "cdn\x03"
    "net\x00"s;

Address v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) { return {false, {a, b, c, d}}; }

}  // namespace

TEST_CASE("dns::parse_query: reads what make_query wrote, whatever the case") {
    std::string packet = query_a;
    packet[13] = 'W';
    const auto parsed = parse_query(packet).value();
    CHECK_FALSE(parsed.reject);
    CHECK(parsed.query.id == 0x1234);
    CHECK(parsed.query.name == "www.example.com");
    CHECK(parsed.query.shown == "Www.example.com");
    CHECK(parsed.query.type == type_a);
    CHECK(parsed.query.recursion_desired);
    CHECK_FALSE(parsed.query.extended);
    const auto extended = parse_query(with_opt(packet)).value();
    CHECK(extended.query.extended);
    CHECK(extended.query.max_answer == 1232);
}

TEST_CASE("dns::parse_query: a dot inside a label makes no host name, and the whole question is sent back") {
    const std::string name =
        "\x0d"
        "good.example\x00\x04"
        "evil\x07"
        "example\x00"s;
    const std::string packet = query_a.substr(0, 12) + name + "\x00\x01\x00\x01"s;
    const auto parsed = parse_query(packet).value();
    CHECK(parsed.query.name.empty());
    CHECK(parsed.query.type == type_a);
    CHECK(parsed.query.question == packet.substr(12));
}

TEST_CASE("dns::parse_query: truncated at every byte it is rejected or not answered") {
    for (std::size_t length = 0; length < query_a.size(); ++length) {
        CAPTURE(length);
        const auto parsed = parse_query(query_a.substr(0, length));
        CHECK((parsed.has_error() || parsed->reject == Code::format_error));
    }
}

TEST_CASE("dns::parse_query: answers, two questions, other opcodes and pointers are told apart") {
    std::string packet = query_a;
    packet[2] = static_cast<char>(0x81);
    CHECK(parse_query(packet).has_error());
    packet = query_a;
    packet[5] = 2;
    CHECK(parse_query(packet).value().reject == Code::format_error);
    packet = query_a;
    packet[2] = 0x28;
    CHECK(parse_query(packet).value().reject == Code::not_implemented);
    packet = query_a;
    packet.replace(12, 1, "\xc0");
    CHECK(parse_query(packet).value().reject == Code::format_error);
}

TEST_CASE("dns::parse_query: a name that is no host name has no normal form and is shown escaped") {
    std::string packet = query_a;
    packet[13] = '\0';
    const auto zero = parse_query(packet).value();
    CHECK(zero.query.name.empty());
    CHECK(zero.query.shown == "\\x00ww.example.com");
    packet[13] = '.';
    CHECK(parse_query(packet).value().query.name.empty());
}

TEST_CASE("dns::answer_address: our own reader finds the address in it") {
    const auto query = parse_query(query_a).value().query;
    const auto answer = parse_reply(answer_address(query, 0xc6120001, 30), 0x1234, "www.example.com", type_a).value();
    REQUIRE(answer.addresses.size() == 1);
    CHECK(answer.addresses[0] == v4(198, 18, 0, 1));
    CHECK(answer.time_to_live == 30);
}

TEST_CASE("dns::answer_refused: carries its reason to who speaks EDNS, and stays below 512 bytes") {
    const auto plain = parse_query(query_a).value().query;
    CHECK(answer_refused(plain, ExtendedCode::prohibited, "no").find("no") == std::string::npos);
    std::string longest;
    while (longest.size() < 240) longest += "abcdefghi.";
    const auto query = parse_query(with_opt(make_query(7, longest + "example", type_a))).value().query;
    const std::string answer = answer_refused(query, ExtendedCode::prohibited, std::string(500, 'w'));
    CHECK(answer.find("wwww") != std::string::npos);
    CHECK(answer.size() <= 512);
    CHECK((answer[3] & 15) == static_cast<int>(Code::name_error));
}

TEST_CASE("dns::parse_reply: follows CNAMEs in any order, with the least TTL") {
    const std::string records = a_record(edge, "\x08\x08\x04\x04"s, 50) + cname(owner, edge, 20);
    const auto answer = parse_reply(reply(records, 2), 0x1234, "www.example.com", type_a).value();
    REQUIRE(answer.addresses.size() == 1);
    CHECK(answer.addresses[0] == v4(8, 8, 4, 4));
    CHECK(answer.time_to_live == 20);
}

TEST_CASE("dns::parse_reply: an address of another name is not taken, a loop of CNAMEs ends") {
    const auto other =
        parse_reply(reply(a_record(edge, "\x08\x08\x04\x04"s), 1), 0x1234, "www.example.com", type_a).value();
    CHECK(other.addresses.empty());
    const std::string loop = cname(owner, edge) + cname(edge, owner);
    CHECK(parse_reply(reply(loop, 2), 0x1234, "www.example.com", type_a).value().addresses.empty());
}

TEST_CASE("dns::parse_reply: what was not asked is passed over") {
    const std::string packet = reply(a_record(owner, "\x08\x08\x04\x04"s), 1);
    CHECK(parse_reply(packet, 0x1235, "www.example.com", type_a).has_error());
    CHECK(parse_reply(packet, 0x1234, "www.example.org", type_a).has_error());
    CHECK(parse_reply(packet, 0x1234, "www.example.com", type_aaaa).has_error());
    CHECK(parse_reply(query_a, 0x1234, "www.example.com", type_a).has_error());
    CHECK(parse_reply(reply("", 0, "\x83\x80"), 0x1234, "www.example.com", type_a).value().truncated);
    CHECK(parse_reply(reply("", 0, "\x81\x83"), 0x1234, "www.example.com", type_a).value().code == Code::name_error);
}

TEST_CASE("dns::parse_reply: truncated at every byte, and with each byte changed, it never reads past the end") {
    const std::string whole = reply(cname(owner, edge) + a_record(edge, "\x08\x08\x04\x04"s), 2);
    for (std::size_t length = 0; length < whole.size(); ++length)
        CHECK(parse_reply(whole.substr(0, length), 0x1234, "www.example.com", type_a).has_error());
    for (std::size_t at = 0; at < whole.size(); ++at)
        for (const char value : {'\x00', '\x3f', '\x40', '\xc0', '\xff'}) {
            std::string changed = whole;
            changed[at] = value;
            (void)parse_reply(changed, 0x1234, "www.example.com", type_a);
        }
}

TEST_CASE("dns::special_use: every private range is known, to its last address") {
    for (const auto& address :
         {v4(10, 255, 255, 255), v4(127, 0, 0, 1), v4(169, 254, 169, 254), v4(172, 31, 255, 255), v4(192, 168, 0, 1),
          v4(100, 127, 255, 255), v4(198, 19, 255, 255), v4(224, 0, 0, 1), v4(255, 255, 255, 255), v4(0, 0, 0, 0)}) {
        CAPTURE(static_cast<int>(address.bytes[0]));
        CHECK(special_use(address));
    }
    for (const auto& address : {v4(8, 8, 8, 8), v4(172, 32, 0, 0), v4(100, 128, 0, 0), v4(198, 20, 0, 0),
                                v4(11, 0, 0, 0), v4(172, 15, 255, 255), v4(223, 255, 255, 255)}) {
        CAPTURE(static_cast<int>(address.bytes[0]));
        CHECK_FALSE(special_use(address));
    }
    CHECK(special_use(Address{true, {}}));                                                          // ::
    CHECK(special_use(Address{true, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 8, 8, 8, 8}}));      // v4-mapped
    CHECK(special_use(Address{true, {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 1}}));  // NAT64
    CHECK(special_use(Address{true, {0xfd, 0}}));
    CHECK(special_use(Address{true, {0xfe, 0xbf}}));
    CHECK(special_use(Address{true, {0x20, 0x02}}));
    CHECK_FALSE(special_use(Address{true, {0x26, 0x06, 0x47}}));
    CHECK_FALSE(special_use(Address{true, {0x2a, 0x00}}));
}

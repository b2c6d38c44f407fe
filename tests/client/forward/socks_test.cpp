// SPDX-License-Identifier: Apache-2.0
#include "client/forward/socks.hpp"
#include <doctest/doctest.h>
#include <string>
#include <string_view>
#include <vector>

namespace isag::forward {
namespace {

using namespace std::string_literals;

struct ShakenHands {
    std::string answers;
    std::string target;   // "HOST PORT"
    std::string refusal;  // empty: none
    std::size_t taken = 0;

    bool operator==(const ShakenHands&) const = default;
};

// Feeds the bytes in pieces of that size, never more than is wanted.
ShakenHands shake(std::string_view bytes, std::size_t first, std::size_t piece) {
    SocksHandshake handshake;
    ShakenHands out;
    std::size_t most = first;
    while (handshake.wanted() != 0 && out.taken < bytes.size()) {
        const auto part = bytes.substr(out.taken, std::min(most, handshake.wanted()));
        handshake.feed(part);
        out.answers += handshake.take_answer();
        out.taken += part.size();
        most = piece;
    }
    if (handshake.target()) out.target = handshake.target()->host + " " + std::to_string(handshake.target()->port);
    out.refusal = handshake.refusal().value_or("");
    CHECK((handshake.wanted() == 0) == (handshake.target().has_value() || handshake.refusal().has_value()));
    return out;
}

std::string name_request(const std::string& name, const std::string& port = "\x01\xbb"s) {
    return "\x05\x01\x00\x05\x01\x00\x03"s + static_cast<char>(name.size()) + name + port;
}

const std::string accepted = "\x05\x00"s;

}  // namespace

TEST_CASE("SOCKS5: names, IPv4 and IPv6 are understood however they are split, and nothing behind them is taken") {
    const std::string longest(255, 'n');
    const std::pair<std::string, std::string> rows[] = {
        {name_request("www.example.com"), "www.example.com 443"},
        {name_request(longest), longest + " 443"},
        {"\x05\x02\x01\x00\x05\x01\x00\x01\x7f\x00\x00\x01\x00\x50"s, "127.0.0.1 80"},
        {"\x05\x01\x00\x05\x01\x00\x04"s + std::string(15, '\0') + "\x01\xff\xff"s, "::1 65535"},
    };
    for (const auto& [bytes, target] : rows) {
        CAPTURE(target);
        const ShakenHands wanted{accepted, target, "", bytes.size()};
        const std::string followed = bytes + "GET / HTTP/1.1\r\n";
        for (std::size_t split = 1; split <= bytes.size(); ++split) {
            CHECK(shake(followed, split, 1000) == wanted);
            CHECK(shake(followed, split, 1) == wanted);
        }
        for (std::size_t length = 0; length < bytes.size(); ++length) {
            const auto cut = shake(std::string_view(bytes).substr(0, length), 1000, 1000);
            CHECK(cut.target == "");
            CHECK(cut.refusal == "");
        }
    }
}

TEST_CASE("SOCKS: what is not served gets the protocol's own answer") {
    const auto reply = [](char code) { return accepted + "\x05"s + code + "\x00\x01\x00\x00\x00\x00\x00\x00"s; };
    struct Row {
        std::string bytes;
        std::string answers;
    };
    const Row rows[] = {
        {"\x04\x01\x00\x50\x7f\x00\x00\x01\x00"s, "\x00\x5b\x00\x00\x00\x00\x00\x00"s},  // SOCKS4
        {"GET / HTTP/1.1\r\n\r\n", ""},
        {"\x05\x00"s, "\x05\xff"s},
        {"\x05\x02\x01\x02"s, "\x05\xff"s},
        {"\x05\x01\x00\x05\x02\x00\x01\x7f"s, reply(7)},  // BIND
        {"\x05\x01\x00\x05\x03\x00\x03\x01"s, reply(7)},  // UDP ASSOCIATE
        {"\x05\x01\x00\x05\x01\x00\x02\x01"s, reply(8)},
        {"\x05\x01\x00\x04\x01\x00\x01\x01"s, accepted},
        {name_request(""), reply(1)},
        {name_request("a b"), reply(1)},
        {name_request("a\0b"s), reply(1)},
        {name_request("a", "\x00\x00"s), reply(1)},
    };
    for (const auto& row : rows) {
        CAPTURE(row.bytes);
        for (std::size_t piece : {1U, 2U, 1000U}) {
            const auto shaken = shake(row.bytes, piece, piece);
            CHECK(shaken.answers == row.answers);
            CHECK(shaken.refusal != "");
            CHECK(shaken.target == "");
        }
    }
}

TEST_CASE("SOCKS5: isagd's refusals become the reply that fits") {
    const auto reply = [](const char* message, ErrorKind kind = ErrorKind::not_found) {
        return socks_reply_for(Error(message, {}, kind));
    };
    CHECK(reply("a:1: cannot connect: Connection refused") == SocksReply::refused);
    CHECK(reply("a:1: the firewall refuses it: no rule names a") == SocksReply::not_allowed);
    CHECK(reply("a:1: cannot connect: Network is unreachable") == SocksReply::host_unreachable);
    CHECK(reply("a:1: cannot connect: No route to host") == SocksReply::host_unreachable);
    CHECK(reply("a:1: to connect took longer than 10000 ms") == SocksReply::host_unreachable);
    CHECK(reply("isagd does not answer", ErrorKind::failed) == SocksReply::failed);
}

}  // namespace isag::forward

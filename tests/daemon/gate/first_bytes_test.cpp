// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/first_bytes.hpp"
#include <doctest/doctest.h>
#include <string>

using isag::gate::classify;
using isag::gate::FirstBytes;

namespace {

struct Sample {
    std::string bytes;
    FirstBytes kind;
};

const Sample samples[] = {
    {"GET / HTTP/1.1\r\n", FirstBytes::http},
    {"\r\n\r\nPOST /a b HTTP/1.1\r\n", FirstBytes::http},
    {" \tGET / HTTP/1.1\r\n", FirstBytes::http},
    {"get\t/\thttp/1.0\r\n", FirstBytes::http},
    {"PRI * HTTP/2.0\r\n", FirstBytes::http},
    {"GET /\n", FirstBytes::http},
    {"GET /\r\n", FirstBytes::http},
    {"CONNECT a:1 HTTP/1.1\r\n", FirstBytes::http},
    {"GET /a\rb HTTP/1.1\r\n", FirstBytes::http},
    {std::string("\x16\x03\x01\0\0", 5), FirstBytes::tls},
    {"EHLO x\r\n", FirstBytes::raw},
    {"PING\r\n", FirstBytes::raw},
    {"*1\r\n$4\r\nPING\r\n", FirstBytes::raw},
    {"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", FirstBytes::raw},
    {std::string("0033git-upload-pack /a.git\0host=x\0", 34), FirstBytes::raw},
    {std::string("\0\0\0\x08\x04\xd2\x16\x2f", 8), FirstBytes::raw},
    {std::string("\x16\x01\x00\x00", 4), FirstBytes::tls},
    {std::string("\x15\x03\x01\0\x02\x01\x5a", 7), FirstBytes::tls},
    {std::string("\x15\0", 2), FirstBytes::tls},
    {std::string("\x14\x03\x03", 3), FirstBytes::tls},
    {std::string("\x80\x2e\x01\x03\x01", 5), FirstBytes::tls},
    {std::string("\x80\x2e\x01\0\x02", 5), FirstBytes::tls},
    {"\x16\x10", FirstBytes::raw},
    {"\x17\x01", FirstBytes::raw},
    {std::string("\x80\x01\x00\x05", 4), FirstBytes::raw},  // memcached's
    {"\xc3\xa9l\n", FirstBytes::raw},
    {"GET /\x01 HTTP/1.1\r\n", FirstBytes::http},
    {std::string("GET /\0", 6), FirstBytes::http},
    {std::string("get /\0", 6), FirstBytes::http},
    {"{\"a\": 1}\n", FirstBytes::raw},
};

}  // namespace

TEST_CASE("first bytes: what they are is said of every protocol, and never too early") {
    for (const auto& [bytes, kind] : samples) {
        CAPTURE(bytes);
        CHECK(classify(bytes, 8080) == kind);
        bool decided = false;
        for (std::size_t length = 0; length <= bytes.size(); ++length) {
            const FirstBytes part = classify(std::string_view(bytes).substr(0, length), 8080);
            CHECK((part == kind || (!decided && part == FirstBytes::more)));
            decided = decided || part == kind;
        }
    }
}

TEST_CASE("first bytes: port 443 takes TLS and SSH, port 80 HTTP alone") {
    CHECK(classify("\x16", 443) == FirstBytes::more);
    CHECK(classify("\x16\x03", 443) == FirstBytes::tls);
    CHECK(classify("SSH-2.0", 443) == FirstBytes::more);
    CHECK(classify("SSH-2.0-x", 443) == FirstBytes::raw);
    CHECK(classify("SSH-1.5-x", 443) == FirstBytes::refused);
    CHECK(classify("GET / HTTP/1.1", 443) == FirstBytes::refused);
    CHECK(classify("", 80) == FirstBytes::more);
    CHECK(classify("\x16\x03", 80) == FirstBytes::http);
}

TEST_CASE("first bytes: a line without end is taken for HTTP, not let through") {
    const std::string line = "A " + std::string(isag::gate::max_first_line, 'x');
    CHECK(classify(line, 8080) == FirstBytes::http);
    CHECK(classify(std::string(isag::gate::max_first_line + 1, '\n'), 8080) == FirstBytes::http);
}

// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/client_hello.hpp"
#include <doctest/doctest.h>

using isag::gate::ClientHelloReader;
using State = ClientHelloReader::State;

namespace {

std::string number(std::size_t value, int width) {
    std::string out;
    for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
    return out;
}
std::string vector(const std::string& content, int width) { return number(content.size(), width) + content; }
std::string extension(std::size_t type, const std::string& content) { return number(type, 2) + vector(content, 2); }
std::string host(const std::string& name) { return std::string(1, '\0') + vector(name, 2); }
std::string sni(const std::string& names) { return extension(0, vector(names, 2)); }
const std::string versions = extension(43, std::string("\x02\x03\x04", 3));

std::string message(const std::string& extensions) {
    const std::string body = "\x03\x03" + std::string(32, 'r') + vector(std::string(32, 's'), 1) +
                             vector(std::string("\x13\x01", 2), 2) + vector(std::string(1, '\0'), 1) +
                             vector(extensions, 2);
    return "\x01" + vector(body, 3);
}
std::string record(const std::string& content) { return std::string("\x16\x03\x01", 3) + vector(content, 2); }
std::string hello(const std::string& extensions) { return record(message(extensions)); }

State read_whole(const std::string& bytes, ClientHelloReader& reader) { return reader.feed(bytes); }

std::string refusal(const std::string& bytes) {
    ClientHelloReader reader;
    CHECK(read_whole(bytes, reader) == State::refused);
    return reader.why();
}

}  // namespace

TEST_CASE("ClientHelloReader: split at every byte it names the same server") {
    const std::string wire = hello(versions + sni(host("Example.COM")));
    for (std::size_t cut = 0; cut <= wire.size(); ++cut) {
        CAPTURE(cut);
        ClientHelloReader reader;
        const State first = reader.feed(wire.substr(0, cut));
        if (cut < wire.size()) CHECK(first == State::more);
        CHECK(reader.feed(wire.substr(cut)) == State::accepted);
        CHECK(reader.server_name() == "example.com");
    }
}

TEST_CASE("ClientHelloReader: split into two records at every byte it names the same server") {
    const std::string whole = message(versions + sni(host("example.com")));
    for (std::size_t cut = 1; cut < whole.size(); ++cut) {
        CAPTURE(cut);
        ClientHelloReader reader;
        CHECK(reader.feed(record(whole.substr(0, cut)) + record(whole.substr(cut))) == State::accepted);
    }
}

TEST_CASE("ClientHelloReader: truncated at every byte inside it is never accepted") {
    const std::string whole = message(versions + sni(host("example.com")));
    for (std::size_t length = 0; length < whole.size(); ++length) {
        std::string cut = whole.substr(0, length);
        if (length >= 4) cut.replace(1, 3, number(length - 4, 3));  // a length that says it is whole
        ClientHelloReader reader;
        if (length > 0) CHECK(reader.feed(record(cut)) != State::accepted);
    }
}

TEST_CASE("ClientHelloReader: no name, two names, an address and ECH are refused, each with its reason") {
    CHECK(refusal(hello(versions)) == "the ClientHello has no server name (SNI)");
    CHECK(refusal(hello(sni(host("a.com") + host("b.com")))) == "the ClientHello has more than one server name (SNI)");
    CHECK(refusal(hello(sni(host("a.com")) + sni(host("b.com")))) == "an extension of the ClientHello comes twice");
    CHECK(refusal(hello(sni(host("1.2.3.4")))).find("is an address") != std::string::npos);
    CHECK(refusal(hello(sni(host(std::string("good.com\0.evil.com", 18))))).find("no host name has") !=
          std::string::npos);
    const std::string ech = "the server name is encrypted (ECH): it can't be checked";
    CHECK(refusal(hello(sni(host("a.com")) + extension(0xfe0d, "x"))) == ech);
    CHECK(refusal(hello(extension(0xffce, "x") + sni(host("a.com")))) == ech);
}

TEST_CASE("ClientHelloReader: what is no ClientHello is refused as soon as that is seen") {
    CHECK(refusal("GET / HTTP/1.1\r\n") == "the first bytes are no TLS handshake");
    CHECK(refusal("\x15") == "the first bytes are no TLS handshake");
    CHECK(refusal(record("\x02" + vector("server hello", 3))) == "the first TLS message is no ClientHello");
    CHECK(refusal(std::string("\x16\x03\x01\x00\x00", 5)) == "a TLS record has an impossible length");
    CHECK(refusal(std::string("\x16\x03\x01\xff\xff", 5)) == "a TLS record has an impossible length");
    CHECK(refusal(record(message(sni(host("a.com"))) + "more")) == "more follows the ClientHello in its record");
}

TEST_CASE("ClientHelloReader: 64 KiB is enough, more is refused before it is held") {
    const std::string padding = extension(21, std::string(60000, '\0'));
    std::string rest = message(sni(host("a.com")) + padding);
    ClientHelloReader reader;
    for (; !rest.empty(); rest.erase(0, std::min<std::size_t>(16384, rest.size())))
        reader.feed(record(rest.substr(0, 16384)));
    CHECK(reader.state() == State::accepted);
    CHECK(refusal(record("\x01" + number(65537, 3))) == "the ClientHello is larger than 64 KiB");
}

TEST_CASE("ClientHelloReader: one byte tells TLS from HTTP") {
    CHECK(ClientHelloReader::looks_like_tls("\x16"));
    CHECK(ClientHelloReader::looks_like_tls("\x16\x03\x01"));
    CHECK_FALSE(ClientHelloReader::looks_like_tls("G"));
    CHECK_FALSE(ClientHelloReader::looks_like_tls("\x16\x02"));
    CHECK_FALSE(ClientHelloReader::looks_like_tls(""));
}

// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/client_hello.hpp"
#include "tests/daemon/gate/tls_messages.hpp"
#include <doctest/doctest.h>

using isag::gate::ClientHelloReader;
using State = ClientHelloReader::State;
using namespace isag::test;

namespace {

const std::string versions = tls_extension(43, std::string("\x02\x03\x04", 3));

std::string hello(const std::string& extensions) { return tls_record(client_hello(extensions)); }

State read_whole(const std::string& bytes, ClientHelloReader& reader) { return reader.feed(bytes); }

std::string refusal(const std::string& bytes) {
    ClientHelloReader reader;
    CHECK(read_whole(bytes, reader) == State::refused);
    return reader.why();
}

}  // namespace

TEST_CASE("ClientHelloReader: split at every byte it names the same server") {
    const std::string wire = hello(versions + server_names(host_entry("Example.COM")));
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
    const std::string whole = client_hello(versions + server_names(host_entry("example.com")));
    for (std::size_t cut = 1; cut < whole.size(); ++cut) {
        CAPTURE(cut);
        ClientHelloReader reader;
        CHECK(reader.feed(tls_record(whole.substr(0, cut)) + tls_record(whole.substr(cut))) == State::accepted);
    }
}

TEST_CASE("ClientHelloReader: truncated at every byte inside it is never accepted") {
    const std::string whole = client_hello(versions + server_names(host_entry("example.com")));
    for (std::size_t length = 0; length < whole.size(); ++length) {
        std::string cut = whole.substr(0, length);
        if (length >= 4) cut.replace(1, 3, number(length - 4, 3));  // a length that says it is whole
        ClientHelloReader reader;
        if (length > 0) CHECK(reader.feed(tls_record(cut)) != State::accepted);
    }
}

TEST_CASE("ClientHelloReader: no name, two names, an address and ECH are refused, each with its reason") {
    CHECK(refusal(hello(versions)) == "the ClientHello has no server name (SNI)");
    CHECK(refusal(hello(server_names(host_entry("a.com") + host_entry("b.com")))) ==
          "the ClientHello has more than one server name (SNI)");
    CHECK(refusal(hello(server_names(host_entry("a.com")) + server_names(host_entry("b.com")))) ==
          "an extension of the ClientHello comes twice");
    CHECK(refusal(hello(server_names(host_entry("1.2.3.4")))).find("is an address") != std::string::npos);
    CHECK(refusal(hello(server_names(host_entry(std::string("good.com\0.evil.com", 18))))).find("no host name has") !=
          std::string::npos);
    const std::string ech = "the server name is encrypted (ECH): it can't be checked";
    CHECK(refusal(hello(server_names(host_entry("a.com")) + tls_extension(0xfe0d, "x"))) == ech);
    CHECK(refusal(hello(tls_extension(0xffce, "x") + server_names(host_entry("a.com")))) == ech);
}

TEST_CASE("ClientHelloReader: what is no ClientHello is refused as soon as that is seen") {
    CHECK(refusal("GET / HTTP/1.1\r\n") == "the first bytes are no TLS handshake");
    CHECK(refusal("\x15") == "the first bytes are no TLS handshake");
    CHECK(refusal(tls_record("\x02" + tls_vector("server hello", 3))) == "the first TLS message is no ClientHello");
    CHECK(refusal(std::string("\x16\x03\x01\x00\x00", 5)) == "a TLS record has an impossible length");
    CHECK(refusal(std::string("\x16\x03\x01\xff\xff", 5)) == "a TLS record has an impossible length");
    CHECK(refusal(tls_record(client_hello(server_names(host_entry("a.com"))) + "more")) ==
          "more follows the ClientHello in its record");
}

TEST_CASE("ClientHelloReader: 64 KiB is enough, more is refused before it is held") {
    const std::string padding = tls_extension(21, std::string(60000, '\0'));
    std::string rest = client_hello(server_names(host_entry("a.com")) + padding);
    ClientHelloReader reader;
    for (; !rest.empty(); rest.erase(0, std::min<std::size_t>(16384, rest.size())))
        reader.feed(tls_record(rest.substr(0, 16384)));
    CHECK(reader.state() == State::accepted);
    CHECK(refusal(tls_record("\x01" + number(65537, 3))) == "the ClientHello is larger than 64 KiB");
}

TEST_CASE("ClientHelloReader: what other servers may take for TLS is refused as soon as that can be said") {
    const std::string hello(256, 'x');
    CHECK(refusal(tls_record("\x01\x5a", 21) + hello) == "the first bytes are no TLS handshake");      // a warning
    CHECK(refusal(std::string("\x16\x01\x00", 3) + hello) == "the first bytes are no TLS handshake");  // for Go
    CHECK(refusal(std::string("\x80\x2e\x01\x03", 4) + hello) == "the first bytes are no TLS handshake");
}

TEST_CASE("ClientHelloReader: ahead of a second hello a change_cipher_spec and early data are passed over, no more") {
    const std::string before = tls_record("\x01", 20) + tls_record("early", 23);
    const std::string wire = before + hello_for("example.com") + "behind";
    for (std::size_t cut = 0; cut <= wire.size(); ++cut) {
        CAPTURE(cut);
        ClientHelloReader reader(ClientHelloReader::Turn::second);
        reader.feed(wire.substr(0, cut));
        const std::size_t unread = wire.size() - cut;
        CHECK(reader.feed(wire.substr(cut)) == State::accepted);
        CHECK(reader.server_name() == "example.com");
        CHECK(reader.unread() == (unread <= 6 ? 6 - unread : 6));
    }
    CHECK(refusal(wire) == "the first bytes are no TLS handshake");  // as the first one
    ClientHelloReader alert(ClientHelloReader::Turn::second);
    CHECK(alert.feed(tls_record("\x02\x28", 21)) == State::refused);
}

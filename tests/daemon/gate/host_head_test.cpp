// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/host_head.hpp"
#include <doctest/doctest.h>

using Reader = isag::gate::HostHeadReader;
using State = Reader::State;

namespace {

std::string refusal(const std::string& request, std::uint16_t port = 80) {
    Reader reader("example.com", port);
    CHECK(reader.feed(request) == State::refused);
    return reader.why();
}

std::string sent_on(const std::string& request, std::uint16_t port = 80) {
    Reader reader("example.com", port);
    CHECK_MESSAGE(reader.feed(request) == State::accepted, reader.why());
    return reader.head();
}

}  // namespace

TEST_CASE("host head: split at every byte it says the same, and truncated at every byte it waits") {
    const std::string head =
        "POST /a?b HTTP/1.1\r\nUser-Agent: x\r\nhOsT: EXAMPLE.com.:80\r\nContent-Length: 4\r\n\r\n";
    const std::string request = head + "body";
    for (std::size_t cut = 0; cut <= request.size(); ++cut) {
        CAPTURE(cut);
        Reader reader("example.com", 80);
        const State first = reader.feed(request.substr(0, cut));
        CHECK(first == (cut < head.size() ? State::more : State::accepted));
        CHECK(reader.feed(request.substr(cut)) == State::accepted);
        CHECK(reader.rest() == "body");
        CHECK(reader.body() == 4u);
        CHECK(reader.target() == "/a?b");
        CHECK(reader.head() ==
              "POST /a?b HTTP/1.1\r\nUser-Agent: x\r\nhOsT: EXAMPLE.com.:80\r\nContent-Length: 4\r\nConnection: "
              "close\r\n\r\n");
    }
}

TEST_CASE("host head: what belongs to one hop is not sent on, what ends the request is") {
    CHECK(sent_on("GET / HTTP/1.1\r\nHost: example.com\r\nConnection: keep-alive, X-A\r\nKeep-Alive: 5\r\nX-A: 1\r\n"
                  "Proxy-Authorization: x\r\nProxy-Connection: y\r\nTE: gzip\r\nUpgrade: foo\r\nX-B: 2\r\n\r\n") ==
          "GET / HTTP/1.1\r\nHost: example.com\r\nX-B: 2\r\nConnection: close\r\n\r\n");
    CHECK(sent_on("POST / HTTP/1.1\r\nHost: example.com\r\nConnection: host, transfer-encoding\r\n"
                  "Transfer-Encoding: chunked\r\n\r\n") ==
          "POST / HTTP/1.1\r\nHost: example.com\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
}

TEST_CASE("host head: an offer of HTTP/2 without TLS is dropped, and HTTP/2 itself refused") {
    const std::string plain = "GET / HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n";
    CHECK(
        sent_on("GET / HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nHost: example.com\r\nHTTP2-Settings: AAEA\r\n"
                "Upgrade: h2c\r\n\r\n") == plain);
    CHECK(sent_on("GET / HTTP/1.1\r\nHost: example.com\r\nUpgrade: h2c\r\n\r\n") == plain);
    const std::string both =
        sent_on("GET / HTTP/1.1\r\nHost: example.com\r\nConnection: Upgrade\r\nUpgrade: h2c, websocket\r\n\r\n");
    CHECK(both.find("h2c") == std::string::npos);
    CHECK_FALSE(refusal("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").empty());
}

TEST_CASE("host head: a WebSocket keeps its upgrade") {
    Reader reader("example.com", 80);
    CHECK(
        reader.feed("GET /s HTTP/1.1\r\nHost: example.com\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
                    "Sec-WebSocket-Key: a\r\n\r\n") == State::accepted);
    CHECK(reader.upgrades());
    CHECK(reader.head() ==
          "GET /s HTTP/1.1\r\nHost: example.com\r\nSec-WebSocket-Key: a\r\nConnection: Upgrade\r\n"
          "Upgrade: websocket\r\n\r\n");
}

TEST_CASE("host head: whatever is for another host, or could be, is refused with its reason") {
    CHECK(refusal("GET / HTTP/1.1\r\nHost: evil.com\r\n\r\n") == "Host is \"evil.com\", not example.com");
    CHECK(refusal("GET / HTTP/1.1\r\nHost: example.com:81\r\n\r\n").starts_with("Host is"));
    CHECK(refusal("GET / HTTP/1.1\r\nHost: example.com@evil.com\r\n\r\n").starts_with("Host is"));
    CHECK(refusal("GET / HTTP/1.1\r\nHost: example.com, evil.com\r\n\r\n").starts_with("Host is"));
    CHECK(refusal("GET / HTTP/1.1\r\nHost:\r\n\r\n").starts_with("Host is"));
    CHECK(refusal("GET / HTTP/1.1\r\n\r\n") == "the request has no Host");
    CHECK(refusal("GET / HTTP/1.0\r\n\r\n") == "the request has no Host");
    CHECK(refusal("GET / HTTP/1.1\r\nHost: example.com\r\nhost: example.com\r\n\r\n") ==
          "the request has more than one Host");
    CHECK(refusal("GET http://evil.com/ HTTP/1.1\r\nHost: example.com\r\n\r\n").find("whole URL") != std::string::npos);
    CHECK(refusal("CONNECT evil.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n").find("proxy") != std::string::npos);
    CHECK(refusal("\r\nGET / HTTP/1.1\r\nHost: example.com\r\n\r\n") == "it doesn't begin with an HTTP method");
    CHECK(refusal("GET / HTTP/1.1\nHost: example.com\n\n") == "the request's lines don't end with CR LF");
    CHECK(refusal("GET / HTTP/1.1\rHost: example.com\r\n\r\n") == "the request's lines don't end with CR LF");
    CHECK(refusal(std::string("GET /\0 HTTP/1.1\r\n", 17)) == "the request's head has a control character");
    for (const std::string request :
         {"PRI * HTTP/2.0\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/3.0\r\nHost: example.com\r\n\r\n",
          "GET  / HTTP/1.1\r\nHost: example.com\r\n\r\n", "GET / HTTP/1.1\r\nHost : example.com\r\n\r\n",
          "GET / HTTP/1.1\r\n Host: evil.com\r\nHost: example.com\r\n\r\n"}) {
        CAPTURE(request);
        CHECK_FALSE(refusal(request).empty());
    }
}

TEST_CASE("host head: a body whose end could be read in two ways is refused") {
    const std::string head = "POST / HTTP/1.1\r\nHost: example.com\r\n";
    for (const std::string fields :
         {"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
          "Content-Length: 3\r\nContent-Length: 4\r\n", "Content-Length: -1\r\n", "Content-Length: 3, 3\r\n",
          "Transfer-Encoding: gzip\r\n", "Transfer-Encoding: gzip, chunked\r\n",
          "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
          "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "Transfer-Encoding: xchunked\r\n"}) {
        CAPTURE(fields);
        CHECK_FALSE(refusal(head + fields + "\r\n").empty());
    }
    CHECK_FALSE(refusal("POST / HTTP/1.0\r\nHost: example.com\r\nTransfer-Encoding: chunked\r\n\r\n").empty());
}

TEST_CASE("host head: more than 64 KiB is refused, as is another port's name") {
    CHECK(refusal("GET / HTTP/1.1\r\nHost: example.com\r\nX: " + std::string(70000, 'x')) ==
          "the request's head is larger than 64 KiB");
    CHECK(sent_on("GET / HTTP/1.1\r\nHost: example.com:8080\r\n\r\n", 8080).find("8080") != std::string::npos);
    CHECK(refusal("GET / HTTP/1.1\r\nHost: example.com:80\r\n\r\n", 8080).starts_with("Host is"));
}

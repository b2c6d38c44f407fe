// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/server_hello.hpp"
#include "tests/daemon/gate/tls_messages.hpp"
#include <doctest/doctest.h>

using isag::gate::ServerHelloReader;
using State = ServerHelloReader::State;
using namespace isag::test;

TEST_CASE("ServerHelloReader: split at every byte it tells a retry from a hello") {
    for (const bool retry : {true, false}) {
        const std::string wire = tls_record(retry ? hello_retry_request() : server_hello());
        for (std::size_t cut = 0; cut <= wire.size(); ++cut) {
            CAPTURE(cut);
            ServerHelloReader reader;
            reader.feed(wire.substr(0, cut));
            CHECK(reader.feed(wire.substr(cut)) == (retry ? State::retry : State::other));
        }
    }
}

TEST_CASE("ServerHelloReader: split into two records at every byte it tells a retry") {
    const std::string whole = hello_retry_request();
    for (std::size_t cut = 1; cut < whole.size(); ++cut) {
        CAPTURE(cut);
        ServerHelloReader reader;
        CHECK(reader.feed(tls_record(whole.substr(0, cut)) + tls_record(whole.substr(cut))) == State::retry);
    }
}

TEST_CASE("ServerHelloReader: what is no ServerHello is known by its first byte, and half a one is not known") {
    CHECK(ServerHelloReader().feed("HTTP/1.1 400 Bad Request\r\n") == State::other);
    CHECK(ServerHelloReader().feed("\x15") == State::other);  // an alert
    CHECK(ServerHelloReader().feed(tls_record("\x0b" + std::string(80, 'c'))) == State::other);
    CHECK(ServerHelloReader().feed(tls_record("")) == State::other);
    CHECK(ServerHelloReader().feed("") == State::more);
    CHECK(ServerHelloReader().feed(tls_record(hello_retry_request().substr(0, 30))) == State::more);
}

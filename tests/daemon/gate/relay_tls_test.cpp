// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/client_hello.hpp"
#include "tests/daemon/gate/scene.hpp"
#include "tests/daemon/gate/tls_messages.hpp"

using namespace isag;
using namespace isag::test;

TEST_CASE("relay checks: a ClientHello for the name passes, however it is cut, on any port") {
    for (const std::uint16_t port : {443, 8443}) {
        Scene scene(port);
        const std::string hello = hello_for("example.com");
        for (std::size_t cut = 1; cut < hello.size(); cut += 7) {
            const UniqueFd client = scene.gate.connect("example.com", port);
            const UniqueFd server = accept_one(scene.listener);
            say(client, hello.substr(0, cut));
            say(client, hello.substr(cut) + "more");
            CHECK(hear(server, hello.size()) == hello);
            const std::string answer = tls_record(server_hello());
            say(server, answer);
            CHECK(hear(client, answer.size()) == answer);
            CHECK(hear(server, 4) == "more");
        }
        CHECK(scene.gate.refusals().empty());
    }
}

TEST_CASE("relay checks: a ClientHello for another name gets an alert, and the server none of it") {
    Scene scene(8443);
    const UniqueFd client = scene.gate.connect("example.com", 8443);
    const UniqueFd server = accept_one(scene.listener);
    say(client, hello_for("evil.com") + std::string(50000, 'x'));
    const Ending ending = hear_all(client);
    CHECK(ending.text == gate::unrecognized_name_alert());
    CHECK_FALSE(ending.reset);
    CHECK(hear_all(server).text.empty());
    CHECK(scene.gate.refusals() ==
          std::vector<std::string>{"tls example.com:8443 the ClientHello is for evil.com, not example.com"});
}

TEST_CASE("relay checks: what follows a ClientHello waits for the server's answer") {
    Scene scene(443);
    const std::string hello = hello_for("example.com");
    const std::string early = tls_record("early data", 23);
    const UniqueFd client = scene.gate.connect("example.com", 443);
    const UniqueFd server = accept_one(scene.listener);
    say(client, hello + early);
    CHECK(hear(server, hello.size()) == hello);
    CHECK_FALSE(readable(server, 300));
    const std::string answer = tls_record(server_hello());
    for (const char byte : answer) say(server, std::string(1, byte));
    CHECK(hear(client, answer.size()) == answer);
    CHECK(hear(server, early.size()) == early);
    say(client, "and on");
    CHECK(hear(server, 6) == "and on");
}

TEST_CASE("relay checks: a second ClientHello, which the server asked for, passes where it is for the name") {
    Scene scene(443);
    const std::string hello = hello_for("example.com");
    const std::string retry = tls_record(hello_retry_request());
    for (const char* name : {"example.com", "evil.com"}) {
        const UniqueFd client = scene.gate.connect("example.com", 443);
        const UniqueFd server = accept_one(scene.listener);
        say(client, hello);
        CHECK(hear(server, hello.size()) == hello);
        say(server, retry);
        CHECK(hear(client, retry.size()) == retry);
        const std::string second = tls_record("\x01", 20) + hello_for(name);
        say(client, second.substr(0, 20));
        say(client, second.substr(20) + "finished");
        if (name == std::string("example.com")) {
            CHECK(hear(server, second.size() + 8) == second + "finished");
            say(server, "answer");
            CHECK(hear(client, 6) == "answer");
        } else {
            CHECK(hear_all(client).text == gate::unrecognized_name_alert());
            CHECK(hear_all(server).text.empty());
        }
    }
    CHECK(scene.gate.refusals() ==
          std::vector<std::string>{"tls example.com:443 the ClientHello is for evil.com, not example.com"});
}

TEST_CASE("relay checks: a client that leaves while the server thinks about its ClientHello ends the connection") {
    Scene scene(443);
    const std::string hello = hello_for("example.com");
    UniqueFd client = scene.gate.connect("example.com", 443);
    const UniqueFd server = accept_one(scene.listener);
    say(client, hello);
    CHECK(hear(server, hello.size()) == hello);
    client.reset();
    CHECK(hear_all(server).text.empty());
}

TEST_CASE("relay checks: a ClientHello in endlessly many records is refused before it takes much memory") {
    Scene scene(443);
    const UniqueFd client = scene.gate.connect("example.com", 443);
    const UniqueFd server = accept_one(scene.listener);
    std::string records = std::string("\x16\x03\x01\x00\x04\x01\x00\xf0\x00", 9);
    while (records.size() < 100000) records += std::string("\x16\x03\x01\x00\x01x", 6);
    say(client, records);
    CHECK(hear_all(client).text == gate::unrecognized_name_alert());
    CHECK(scene.gate.refusals() ==
          std::vector<std::string>{"tls example.com:443 the ClientHello comes in too many records"});
}

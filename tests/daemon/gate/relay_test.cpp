// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/relay.hpp"
#include "tests/daemon/gate/running_gate.hpp"

using namespace isag;
using namespace isag::test;

TEST_CASE("relay: a server that speaks first is heard at once, and the client's words reach it") {
    FakeResolver resolver(everything_there());
    RunningGate gate({rule("mail.example.com")});
    use(gate, resolver);
    const UniqueFd listener = World::get().listen_there(2525);
    const UniqueFd client = gate.connect("mail.example.com", 2525);
    const UniqueFd server = accept_one(listener);
    say(server, "220 hello\r\n");
    CHECK(hear(client, 11) == "220 hello\r\n");
    say(client, "EHLO x\r\n");
    CHECK(hear(server, 8) == "EHLO x\r\n");
    // Each side's end is passed on by itself.
    ::shutdown(client.get(), SHUT_WR);
    CHECK(hear_all(server).text.empty());
    say(server, "221 bye\r\n");
    ::shutdown(server.get(), SHUT_WR);
    const Ending ending = hear_all(client);
    CHECK(ending.text == "221 bye\r\n");
    CHECK_FALSE(ending.reset);
}

TEST_CASE("relay: a port that no rule names is reset, and an event says so") {
    RunningGate gate({rule("example.com", {443})});
    CHECK(hear_all(gate.connect("example.com", 2222)).reset);
    CHECK(gate.refusals() ==
          std::vector<std::string>{"tcp example.com:2222 port 2222 is not among those of example.com:443"});
}

TEST_CASE("relay: a reset on one side is a reset on the other") {
    FakeResolver resolver(everything_there());
    RunningGate gate({rule("example.com")});
    use(gate, resolver);
    const UniqueFd listener = World::get().listen_there(5000);
    for (const bool by_client : {true, false}) {
        UniqueFd client = gate.connect("example.com", 5000);
        UniqueFd server = accept_one(listener);
        say(server, "x");
        hear(client, 1);
        UniqueFd& dying = by_client ? client : server;
        reset_on_close(dying.get());
        dying.reset();
        CHECK(hear_all(by_client ? server : client).reset);
    }
}

TEST_CASE("relay: an HTTP request goes on with one Host and one request a connection") {
    FakeResolver resolver(everything_there());
    RunningGate gate({rule("example.com")});
    use(gate, resolver);
    const UniqueFd listener = World::get().listen_there(80);
    const UniqueFd client = gate.connect("example.com", 80);
    const UniqueFd server = accept_one(listener);
    say(client,
        "GET /a HTTP/1.1\r\nHost: Example.com\r\nConnection: keep-alive\r\n\r\nGET /b HTTP/1.1\r\nHost: evil\r\n\r\n");
    const std::string wanted = "GET /a HTTP/1.1\r\nHost: Example.com\r\nConnection: close\r\n\r\n";
    CHECK(hear(server, wanted.size()) == wanted);
    ::shutdown(client.get(), SHUT_WR);
    CHECK(hear_all(server).text.empty());
}

TEST_CASE("relay: another Host gets a 403 that says why, and nothing of it reaches the server") {
    FakeResolver resolver(everything_there());
    RunningGate gate({rule("example.com")});
    use(gate, resolver);
    const UniqueFd listener = World::get().listen_there(80);
    const UniqueFd client = gate.connect("example.com", 80);
    const UniqueFd server = accept_one(listener);
    say(client, "GET / HTTP/1.1\r\nHost: evil.com\r\n\r\n");
    const Ending ending = hear_all(client);
    CHECK_FALSE(ending.reset);
    CHECK(ending.text.find("403 Forbidden") != std::string::npos);
    CHECK(ending.text.find("Host is \"evil.com\", not example.com") != std::string::npos);
    CHECK(hear_all(server).text.empty());
    CHECK(gate.refusals() == std::vector<std::string>{"http example.com:80 Host is \"evil.com\", not example.com"});
}

TEST_CASE("relay: a live denial cuts what is open") {
    FakeResolver resolver(everything_there());
    RunningGate gate({rule("example.com")});
    use(gate, resolver);
    const UniqueFd listener = World::get().listen_there(5000);
    const UniqueFd client = gate.connect("example.com", 5000);
    const UniqueFd server = accept_one(listener);
    say(server, "x");
    hear(client, 1);
    const auto cut = gate.inside([&] {
        gate.shared().policy.change({false, rule("example.com"), std::nullopt});
        return gate.relays().recheck();
    });
    CHECK(cut == 1);
    CHECK(hear_all(client).reset);
    CHECK(hear_all(server).reset);
    CHECK(gate.inside([&] { return gate.relays().open_connections().size(); }) == 0);
}

TEST_CASE("relay: nobody there is a reset") {
    FakeResolver resolver(everything_there());
    RunningGate gate({rule("example.com")});
    use(gate, resolver);
    CHECK(hear_all(gate.connect("example.com", 5999)).reset);
    CHECK(gate.refusals().empty());
}

TEST_CASE("relay: megabytes arrive as they were sent, both ways at a time") {
    FakeResolver resolver(everything_there());
    RunningGate gate({rule("example.com")});
    use(gate, resolver);
    const UniqueFd listener = World::get().listen_there(5000);
    const UniqueFd client = gate.connect("example.com", 5000);
    const UniqueFd server = accept_one(listener);
    std::string up(20 << 20, '\0');
    std::string down(20 << 20, '\0');
    for (std::size_t i = 0; i < up.size(); ++i)
        up[i] = static_cast<char>(i * 2654435761u >> 13), down[i] = static_cast<char>(i * 40503u >> 7);
    up[0] = '\1';
    std::thread a([&] { say(client, up); });
    std::thread b([&] { say(server, down); });
    std::string got_up;
    std::thread c([&] { got_up = hear(server, up.size()); });
    const std::string got_down = hear(client, down.size());
    for (auto* thread : {&a, &b, &c}) thread->join();
    CHECK((got_up == up));
    CHECK((got_down == down));
    CHECK(gate.inside([&] { return gate.shared().bytes_sent; }) == 20 << 20);
}

// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/relay.hpp"
#include "tests/daemon/gate/scene.hpp"

using namespace isag;
using namespace isag::test;

TEST_CASE("relay checks: on port 443 all but TLS and SSH is reset") {
    Scene scene(443);
    const UniqueFd client = scene.gate.connect("example.com", 443);
    const UniqueFd unheard = accept_one(scene.listener);
    say(client, "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
    CHECK(hear_all(client).reset);
    const UniqueFd ssh = scene.gate.connect("example.com", 443);
    const UniqueFd server = accept_one(scene.listener);
    say(ssh, "SSH-2.0-test\r\n");
    CHECK(hear(server, 14) == "SSH-2.0-test\r\n");
}

TEST_CASE("relay checks: first bytes that never become whole are refused after five seconds") {
    Scene scene(8080);
    const UniqueFd client = scene.gate.connect("example.com", 8080);
    const UniqueFd server = accept_one(scene.listener);
    say(client, "GET / HT");
    const Ending ending = hear_all(client);
    CHECK(hear_all(server).text.empty());
    CHECK(scene.gate.refusals() ==
          std::vector<std::string>{"tcp example.com:8080 its first bytes are not whole after five seconds"});
}

TEST_CASE("relay checks: where the server speaks first, all that the client says passes, but on the ports of HTTP") {
    for (const std::uint16_t port : {7000, 80}) {
        Scene scene(port);
        const UniqueFd client = scene.gate.connect("example.com", port);
        const UniqueFd server = accept_one(scene.listener);
        say(server, "220 hello\r\n");
        CHECK(hear(client, 11) == "220 hello\r\n");
        const std::string line(100000, 'x');  // without an end
        std::thread sender([&] {
            say(client, line);
            ::shutdown(client.get(), SHUT_WR);
        });
        CHECK(hear_all(server).text == (port == 80 ? "" : line));
        sender.join();
        CHECK(scene.gate.refusals().size() == (port == 80 ? 1 : 0));
    }
}

TEST_CASE("relay checks: a WebSocket's bytes wait for the server's 101") {
    Scene scene(80);
    const std::string request =
        "GET /s HTTP/1.1\r\nHost: example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    for (const bool granted : {true, false}) {
        const UniqueFd client = scene.gate.connect("example.com", 80);
        const UniqueFd server = accept_one(scene.listener);
        say(client, request + "GET /b HTTP/1.1\r\nHost: evil.com\r\n\r\n");
        CHECK(hear(server, request.size()) == request);
        const std::string answer = granted ? "HTTP/1.1 101 Switching Protocols\r\n\r\n" : "HTTP/1.1 200 OK\r\n\r\n";
        for (const char byte : answer) say(server, std::string(1, byte));
        CHECK(hear(client, answer.size()) == answer);
        ::shutdown(client.get(), SHUT_WR);
        CHECK(hear_all(server).text.empty() != granted);
    }
}

TEST_CASE("relay checks: a body of the announced length passes, and nothing behind it") {
    Scene scene(80);
    const UniqueFd client = scene.gate.connect("example.com", 80);
    const UniqueFd server = accept_one(scene.listener);
    const std::string body(300000, 'b');
    std::thread sender([&] {
        say(client,
            "POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 300000\r\n\r\n" + body + "GET /evil HTTP/1.1\r\n");
        ::shutdown(client.get(), SHUT_WR);
    });
    const std::string got = hear_all(server).text;
    sender.join();
    CHECK(got.ends_with("\r\n\r\n" + body));
}

TEST_CASE("relay checks: a chunked body passes to its end, and nothing behind it") {
    Scene scene(80);
    const UniqueFd client = scene.gate.connect("example.com", 80);
    const UniqueFd server = accept_one(scene.listener);
    const std::string data(300000, 'b');
    std::thread sender([&] {
        say(client, "POST / HTTP/1.1\r\nHost: example.com\r\nTransfer-Encoding: chunked\r\n\r\n493e0\r\n" + data +
                        "\r\n0\r\n\r\nGET /evil HTTP/1.1\r\nHost: evil.com\r\n\r\n");
        ::shutdown(client.get(), SHUT_WR);
    });
    const std::string got = hear_all(server).text;
    sender.join();
    CHECK(got.ends_with("\r\n\r\n493e0\r\n" + data + "\r\n0\r\n\r\n"));
    CHECK(scene.gate.refusals().empty());
}

TEST_CASE("relay checks: malformed chunks end the connection, and the server gets none of them") {
    Scene scene(80);
    const UniqueFd client = scene.gate.connect("example.com", 80);
    const UniqueFd server = accept_one(scene.listener);
    say(client, "POST / HTTP/1.1\r\nHost: example.com\r\nTransfer-Encoding: chunked\r\n\r\n0\n\nGET /evil");
    CHECK(hear_all(server).text.find("evil") == std::string::npos);
    CHECK(hear_all(client).reset);
    CHECK(scene.gate.refusals() == std::vector<std::string>{"http example.com:80 the request's chunks are malformed"});
}

TEST_CASE("relay checks: a name that is forbidden while it is looked up is not dialled") {
    std::promise<void> asked_for, go_on;
    std::atomic<bool> told{false};
    auto forbidden = go_on.get_future().share();
    FakeResolver fake([&](const Asked& asked) {
        if (!told.exchange(true)) asked_for.set_value();
        forbidden.wait();
        return std::vector<std::string>{dns_reply(asked, {a_record(asked.name, 0xc6336402)})};
    });
    RunningGate gate({rule("example.com"), rule("other.com")});
    use(gate, fake);
    const UniqueFd listener = World::get().listen_there(5001);
    const UniqueFd client = gate.connect("example.com", 5001);
    asked_for.get_future().wait();
    CHECK(gate.inside([&] {
        gate.shared().policy.change({false, rule("example.com"), std::nullopt});
        return gate.relays().recheck();
    }) == 1);
    go_on.set_value();
    CHECK(hear_all(client).reset);
    // Once its answer is there the resolver no longer looks it up.
    while (!gate.inside([&] { return gate.relays().idle(); })) std::this_thread::yield();
    ::fcntl(listener.get(), F_SETFL, O_NONBLOCK);
    CHECK(::accept(listener.get(), nullptr, nullptr) < 0);
}

TEST_CASE("relay checks: a name that stands for a private address is reset, unless its rule allows that") {
    FakeResolver fake([](const Asked& asked) {
        return std::vector<std::string>{
            dns_reply(asked, {a_record(asked.name, 0xc6336402), a_record(asked.name, 0xa9fea9fe)})};
    });
    RunningGate gate({rule("example.com"), rule("inside.com", {}, true)});
    use(gate, fake);
    const UniqueFd listener = World::get().listen_there(5000);
    CHECK(hear_all(gate.connect("example.com", 5000)).reset);
    CHECK(gate.refusals() == std::vector<std::string>{"tcp example.com:5000 it stands for 169.254.169.254, which is "
                                                      "link-local, cloud metadata"});
    const UniqueFd client = gate.connect("inside.com", 5000);
    const UniqueFd server = accept_one(listener);
    say(server, "x");
    CHECK(hear(client, 1) == "x");
}

TEST_CASE("relay checks: loopback is refused whatever the rule says, and so is an address that was never given out") {
    FakeResolver fake([](const Asked& asked) {
        return std::vector<std::string>{dns_reply(asked, {a_record(asked.name, 0x7f000001)})};
    });
    RunningGate gate({rule("inside.com", {}, true)});
    use(gate, fake);
    CHECK(hear_all(gate.connect("inside.com", 5000)).reset);
    CHECK(hear_all(gate.connect_to(0xc6120099, 443)).reset);
    CHECK(hear_all(gate.connect_to(0x01020304, 443)).reset);
    CHECK(gate.refusals() == std::vector<std::string>{"tcp inside.com:5000 it stands for 127.0.0.1, which is loopback",
                                                      "tcp 198.18.0.153:443 no name has this address",
                                                      "tcp 1.2.3.4:443 an address, not a name that was asked for"});
}

TEST_CASE("relay checks: learning lets public addresses through, and records them") {
    Scene scene(5000, {});
    scene.gate.inside([&] { scene.gate.shared().learn = true; });
    const UniqueFd client = scene.gate.connect_to(0xc6336402, 5000);
    const UniqueFd server = accept_one(scene.listener);
    say(client, "hello");
    CHECK(hear(server, 5) == "hello");
    CHECK(hear_all(scene.gate.connect_to(0x0a000001, 5000)).reset);
    const auto events = scene.gate.inside([&] { return scene.gate.shared().events.take().events; });
    REQUIRE(events.size() == 2);
    const auto& passed = events[events[0].allowed ? 0 : 1];  // within one millisecond their order is open
    CHECK(passed.target == "198.51.100.2");
    CHECK(passed.allowed);
}

TEST_CASE("relay checks: the gate's own page answers what it was given") {
    RunningGate gate({});
    gate.inside([&] {
        gate.relays().set_page(
            [](std::string_view path) { return path == "/json" ? std::string("{}") : std::string(); });
    });
    for (const std::string path : {"/json", "/none"}) {
        const UniqueFd client = gate.connect("isag.internal", 80);
        say(client, "GET " + path + " HTTP/1.1\r\nHost: isag.internal\r\n\r\n");
        const Ending ending = hear_all(client);
        CHECK_FALSE(ending.reset);
        CHECK(ending.text.find(path == "/json" ? "application/json" : "404") != std::string::npos);
    }
    CHECK(hear_all(gate.connect("isag.internal", 22)).reset);
}

// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/relay.hpp"
#include "tests/daemon/gate/running_gate.hpp"
#include "tests/support/descriptors.hpp"
#include <algorithm>
#include <chrono>
#include <fstream>
#include <random>

using namespace isag;
using namespace isag::test;

namespace {

// AddressSanitizer keeps what was freed, and puts something between what is not.
#ifdef __SANITIZE_ADDRESS__
constexpr bool memory_tells = false;
#else
constexpr bool memory_tells = true;
#endif

std::int64_t resident_kilobytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmRSS:")) return std::stoll(line.substr(6));
    return 0;
}

}  // namespace

TEST_CASE("relay load: two thousand idle connections cost little, and each still works") {
    want_descriptors(10000);
    FakeResolver fake(everything_there());
    RunningGate gate({rule("example.com")});
    use(gate, fake);
    const UniqueFd listener = World::get().listen_there(5000);
    std::vector<UniqueFd> clients;
    std::vector<UniqueFd> servers;
    const std::int64_t before = resident_kilobytes();
    for (int i = 0; i < 2000; ++i) {
        clients.push_back(gate.connect("example.com", 5000));
        servers.push_back(accept_one(listener));
        say(servers.back(), "x");
        hear(clients.back(), 1);
        say(clients.back(), "\n{");
        hear(servers.back(), 2);
    }
    const std::int64_t grown = resident_kilobytes() - before;
    MESSAGE("kilobytes for 2000 connections: ", grown);
    if (memory_tells) CHECK(grown < 16 << 10);
    for (std::size_t i = 0; i < clients.size(); ++i) {
        say(clients[i], std::to_string(i));
        CHECK(hear(servers[i], std::to_string(i).size()) == std::to_string(i));
    }
    CHECK(gate.inside([&] { return gate.relays().open_connections()["example.com"]; }) == 2000);
}

TEST_CASE("relay load: what a server says first is there at once, one connection after the other") {
    FakeResolver fake(everything_there());
    RunningGate gate({rule("example.com")});
    use(gate, fake);
    const UniqueFd listener = World::get().listen_there(5000);
    std::vector<std::chrono::microseconds> taken;
    for (int i = 0; i < 41; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        const UniqueFd client = gate.connect("example.com", 5000);
        const UniqueFd server = accept_one(listener);
        say(server, "x");
        hear(client, 1);
        taken.push_back(
            std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin));
    }
    std::nth_element(taken.begin(), taken.begin() + 20, taken.end());
    CHECK(taken[20].count() < 20'000);  // a delayed acknowledgement takes 40 ms
}

TEST_CASE("relay load: a server that doesn't read holds its client back, and only that one") {
    FakeResolver fake(everything_there());
    RunningGate gate({rule("example.com")});
    use(gate, fake);
    const UniqueFd listener = World::get().listen_there(5000);
    const UniqueFd client = gate.connect("example.com", 5000);
    const UniqueFd server = accept_one(listener);
    std::size_t size = 0;
    const std::string piece(65536, '\1');
    // Until nothing goes in any more for a while.
    for (pollfd watched{client.get(), POLLOUT, 0}; ::poll(&watched, 1, 300) == 1;) {
        const ssize_t n = ::send(client.get(), piece.data(), piece.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n > 0) size += static_cast<std::size_t>(n);
        REQUIRE(size < 64u << 20);
    }
    const UniqueFd other = gate.connect("example.com", 5000);
    const UniqueFd other_server = accept_one(listener);
    say(other, "\1hello");
    CHECK(hear(other_server, 6) == "\1hello");
    ::shutdown(client.get(), SHUT_WR);
    CHECK(hear_all(server).text.size() == size);
}

TEST_CASE("relay load: pieces of random sizes arrive in order and whole") {
    FakeResolver fake(everything_there());
    RunningGate gate({rule("example.com")});
    use(gate, fake);
    const UniqueFd listener = World::get().listen_there(5000);
    const UniqueFd client = gate.connect("example.com", 5000);
    const UniqueFd server = accept_one(listener);
    std::mt19937 random(7);
    std::string sent(1, '\1');
    std::thread sender([&] {
        say(client, sent);
        for (int i = 0; i < 400; ++i) {
            std::string piece(1 + random() % (i % 10 == 0 ? 400000 : 3000), '\0');
            for (auto& byte : piece) byte = static_cast<char>(random());
            say(client, piece);
            sent += piece;
        }
        ::shutdown(client.get(), SHUT_WR);
    });
    const std::string got = hear_all(server).text;
    sender.join();
    CHECK((got == sent));
}

TEST_CASE("relay load: ten thousand refusals change neither memory nor what others get") {
    FakeResolver fake(everything_there());
    RunningGate gate({rule("example.com", {5000})});
    use(gate, fake);
    const UniqueFd listener = World::get().listen_there(5000);
    const UniqueFd client = gate.connect("example.com", 5000);
    const UniqueFd server = accept_one(listener);
    const std::int64_t before = resident_kilobytes();
    gate.inside([&] { gate.shared().names.address_of("example.com"); });
    for (int i = 0; i < 10000; ++i) {
        const UniqueFd refused = gate.connect("example.com", static_cast<std::uint16_t>(6000 + i % 1000));
        if (i % 1000 == 0) CHECK(hear_all(refused).reset);
    }
    if (memory_tells) CHECK(resident_kilobytes() - before < 4096);
    say(server, "x");
    CHECK(hear(client, 1) == "x");
    CHECK(gate.inside([&] { return gate.shared().events.refused_in_all(); }) == 10000);
}

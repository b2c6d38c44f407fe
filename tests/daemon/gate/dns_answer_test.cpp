// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/dns_answer.hpp"
#include "daemon/gate/address.hpp"
#include "daemon/gate/dns_server.hpp"
#include "tests/daemon/gate/running_gate.hpp"

using namespace isag;
using namespace isag::test;

namespace {

// The answer's code, or "A 198.18.0.2", or "none" where there is no record.
std::string shown(const std::string& answer, const std::string& name, std::uint16_t type = 1) {
    if (answer.size() < 12) return "nothing";
    const int code = answer[3] & 15;
    if (code != 0) return std::to_string(code);
    const auto reply = gate::dns::parse_reply(answer, 7, name, type);
    if (!reply || reply->addresses.empty()) return "none";
    return "A " + gate::address_text(reply->addresses.front());
}

std::string ask(RunningGate& gate, const std::string& name, std::uint16_t type = 1) {
    const std::string query = gate::dns::make_query(7, name, type);
    return shown(gate.inside([&] { return gate::answer_query(gate.shared(), query); }), name, type);
}

}  // namespace

TEST_CASE("dns answer: an allowed name has one address and nothing else, all others are refused") {
    RunningGate gate({rule("example.com", {443})});
    CHECK(ask(gate, "example.com") == "A 198.18.0.2");
    CHECK(ask(gate, "example.com") == "A 198.18.0.2");
    for (const std::uint16_t type : {28, 16, 65, 255, 10}) CHECK(ask(gate, "example.com", type) == "none");
    CHECK(ask(gate, "evil.com") == "3");
    CHECK(ask(gate, "a.example.com") == "3");
    CHECK(ask(gate, "isag.internal") == "A 198.18.0.1");
    CHECK(gate.refusals() == std::vector<std::string>{"dns evil.com:0 no rule names evil.com",
                                                      "dns a.example.com:0 no rule names a.example.com"});
}

TEST_CASE("dns answer: a search list's suffix behind an allowed name is no refusal to tell of") {
    RunningGate gate({rule("example.com")});
    CHECK(ask(gate, "example.com.corp.lan") == "3");
    CHECK(ask(gate, "other.com.corp.lan") == "3");
    CHECK(gate.refusals() == std::vector<std::string>{"dns other.com.corp.lan:0 no rule names other.com.corp.lan"});
}

TEST_CASE("dns answer: learning answers public names, but what was denied") {
    RunningGate gate({});
    gate.inside([&] {
        gate.shared().learn = true;
        gate.shared().policy.change({false, rule("evil.com"), std::nullopt});
    });
    CHECK(ask(gate, "example.com") == "A 198.18.0.2");
    CHECK(ask(gate, "printer.local") == "3");
    CHECK(ask(gate, "1.0.0.127.in-addr.arpa") == "3");
    CHECK(ask(gate, "host") == "3");
    CHECK(ask(gate, "evil.com") == "3");
}

TEST_CASE("dns answer: names without end run out, and the gate says so") {
    gate::Rule below = rule("example.com");
    below.wildcard = true;
    RunningGate gate({below});
    const auto last = gate.inside([&] {
        for (std::size_t i = 0; i < gate::Names::most; ++i)
            gate.shared().names.address_of("n" + std::to_string(i) + ".example.com");
        return gate::answer_query(gate.shared(), gate::dns::make_query(7, "one-more.example.com", 1));
    });
    CHECK(shown(last, "one-more.example.com") == "2");
    CHECK(gate.refusals().back() == "dns one-more.example.com:0 too many different names were asked for");
}

TEST_CASE("dns server: it answers over udp, and over tcp several on one connection, cut anywhere") {
    RunningGate gate({rule("example.com")});
    UniqueFd udp(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(udp.get(), reinterpret_cast<const sockaddr*>(&in), sizeof in) == 0);
    UniqueFd tcp = World::listen("127.0.0.1", 0);
    const std::uint16_t udp_port = World::port_of(udp);
    const std::uint16_t tcp_port = World::port_of(tcp);
    gate.spawn(gate::serve_dns_udp(gate.shared(), std::move(udp)));
    gate.spawn(gate::serve_dns_tcp(gate.shared(), std::move(tcp)));

    UniqueFd asker(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    in.sin_port = htons(udp_port);
    REQUIRE(::connect(asker.get(), reinterpret_cast<const sockaddr*>(&in), sizeof in) == 0);
    const std::string query = gate::dns::make_query(7, "example.com", 1);
    for (int i = 0; i < 100; ++i) say(asker, query);
    for (int i = 0; i < 100; ++i) {
        char bytes[512];
        pollfd watched{asker.get(), POLLIN, 0};
        REQUIRE(::poll(&watched, 1, 10000) == 1);
        const ssize_t n = ::recv(asker.get(), bytes, sizeof bytes, 0);
        REQUIRE(n > 0);
        CHECK(shown({bytes, static_cast<std::size_t>(n)}, "example.com") == "A 198.18.0.2");
    }

    const std::string framed = std::string(1, '\0') + static_cast<char>(query.size()) + query;
    const std::string twice = framed + framed;
    for (std::size_t cut = 1; cut < twice.size(); ++cut) {
        const UniqueFd client = World::connect("127.0.0.1", tcp_port);
        say(client, twice.substr(0, cut));
        say(client, twice.substr(cut));
        for (int i = 0; i < 2; ++i) {
            const std::string length = hear(client, 2);
            const std::string answer = hear(client, static_cast<unsigned char>(length[1]));
            CHECK(shown(answer, "example.com") == "A 198.18.0.2");
        }
    }
}

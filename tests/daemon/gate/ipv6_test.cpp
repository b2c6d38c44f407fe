// SPDX-License-Identifier: Apache-2.0
#include "tests/daemon/gate/running_gate.hpp"

// A gate whose uplink has IPv6.
using namespace isag;
using namespace isag::test;
using Answers = std::vector<std::string>;

namespace {

constexpr const char* there_by_6 = "2001:db8::2";

std::string aaaa_record(const std::string& name, const char* address = there_by_6) {
    std::string data(16, 0);
    REQUIRE(::inet_pton(AF_INET6, address, data.data()) == 1);
    return dns_record(name, 28, 60, data);
}

// Of each type that is asked for.
FakeResolver::Behaviour answering(std::optional<std::uint32_t> v4, const char* v6) {
    return [v4, v6](const Asked& asked) {
        std::vector<std::string> records;
        if (asked.type == 1 && v4) records.push_back(test::a_record(asked.name, *v4));
        if (asked.type == 28) records.push_back(aaaa_record(asked.name, v6));
        return Answers{dns_reply(asked, records)};
    };
}

std::string greeting_of(RunningGate& gate, const UniqueFd& listener, const std::string& name) {
    const UniqueFd client = gate.connect(name, 5000);
    const UniqueFd server = accept_one(listener);
    say(server, "hello\n");
    return hear(client, 6);
}

}  // namespace

TEST_CASE("ipv6: a name that has no other address is reached by it, and its resolver is asked over IPv6") {
    const World::Ipv6 route;
    FakeResolver fake(answering(std::nullopt, there_by_6), there_by_6);
    RunningGate gate({rule("six.com")});
    use(gate, fake);
    const UniqueFd listener = World::get().listen_there(5000, there_by_6);
    CHECK(greeting_of(gate, listener, "six.com") == "hello\n");
    CHECK(fake.asked() == 2);  // A and AAAA
}

TEST_CASE("ipv6: of two addresses the one that answers is taken") {
    const World::Ipv6 route;
    FakeResolver fake(answering(0xc6336402, there_by_6));
    RunningGate gate({rule("both.com")});
    use(gate, fake);
    {
        const UniqueFd six = World::get().listen_there(5000, there_by_6);
        CHECK(greeting_of(gate, six, "both.com") == "hello\n");
    }
    const UniqueFd four = World::get().listen_there(5000);
    CHECK(greeting_of(gate, four, "both.com") == "hello\n");
}

TEST_CASE("ipv6: a private address among the answers refuses the whole answer") {
    const World::Ipv6 route;
    FakeResolver fake(answering(0xc6336402, "fd00::1"));
    RunningGate gate({rule("both.com")});
    use(gate, fake);
    const UniqueFd client = gate.connect("both.com", 5000);
    CHECK(hear_all(client).reset);
    REQUIRE(gate.refusals().size() == 1);
    CHECK(gate.refusals()[0].find("unique local") != std::string::npos);
}

TEST_CASE("ipv6: without a route nobody asks for such addresses") {
    FakeResolver fake(answering(0xc6336402, "fd00::1"));
    RunningGate gate({rule("both.com")});
    use(gate, fake);
    const UniqueFd listener = World::get().listen_there(5000);
    CHECK(greeting_of(gate, listener, "both.com") == "hello\n");
    CHECK(fake.asked() == 1);
}

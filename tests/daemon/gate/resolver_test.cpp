// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/resolver.hpp"
#include "daemon/gate/address.hpp"
#include "tests/daemon/gate/running_gate.hpp"

using namespace isag;
using namespace isag::test;
using Answers = std::vector<std::string>;

namespace {

// The addresses, or what was thrown.
std::string resolve(RunningGate& gate, const std::string& name) {
    try {
        std::string out;
        auto task = gate.resolver().resolve(name);
        for (const auto& address :
             boost::asio::co_spawn(gate.context(), std::move(task), boost::asio::use_future).get())
            out += (out.empty() ? "" : " ") + gate::address_text(address);
        return out;
    } catch (const Error& error) {
        return error.message();
    }
}

std::string framed(const std::string& message) {
    std::string out;
    gate::dns::put16(out, static_cast<std::uint32_t>(message.size()));
    return out + message;
}

constexpr std::uint32_t there = 0xc6336402;

}  // namespace

TEST_CASE("resolver: an answer is kept as long as it says, and one without time is not kept") {
    FakeResolver fake([](const Asked& asked) {
        return Answers{dns_reply(asked, {a_record(asked.name, there, asked.name == "never.com" ? 0 : 60)})};
    });
    RunningGate gate({});
    use(gate, fake);
    for (int i = 0; i < 3; ++i) CHECK(resolve(gate, "long.com") == "198.51.100.2");
    CHECK(fake.asked() == 1);
    for (int i = 0; i < 3; ++i) CHECK(resolve(gate, "never.com") == "198.51.100.2");
    CHECK(fake.asked() == 4);
}

TEST_CASE("resolver: a name that doesn't exist is not asked for again at once") {
    FakeResolver fake([](const Asked& asked) { return Answers{dns_reply(asked, {}, 0x8183)}; });
    RunningGate gate({});
    use(gate, fake);
    for (int i = 0; i < 3; ++i) CHECK(resolve(gate, "gone.com") == "gone.com doesn't exist");
    CHECK(fake.asked() == 1);
}

TEST_CASE("resolver: liars are passed over until the true answer comes") {
    FakeResolver fake([](const Asked& asked) {
        Asked wrong_id = asked;
        wrong_id.id = static_cast<std::uint16_t>(asked.id + 1);
        Asked wrong_name = asked;
        wrong_name.question = wire_name("evil.com") + std::string("\0\1\0\1", 4);
        return Answers{"", "x", dns_reply(wrong_id, {a_record(asked.name, 0x01020304)}),
                       dns_reply(wrong_name, {a_record(asked.name, 0x01020304)}),
                       dns_reply(asked, {a_record("other.com", 0x01020304), a_record(asked.name, there)})};
    });
    RunningGate gate({});
    use(gate, fake);
    CHECK(resolve(gate, "true.com") == "198.51.100.2");
}

TEST_CASE("resolver: a chain of aliases leads to its address") {
    FakeResolver fake([](const Asked& asked) {
        return Answers{dns_reply(asked, {dns_record(asked.name, 5, 60, wire_name("b.net")),
                                         dns_record("b.net", 5, 60, wire_name("c.org")), a_record("c.org", there)})};
    });
    RunningGate gate({});
    use(gate, fake);
    CHECK(resolve(gate, "alias.com") == "198.51.100.2");
}

TEST_CASE("resolver: the next one is asked where one is silent, fails or is not there") {
    FakeResolver silent([](const Asked&) { return Answers{}; });
    FakeResolver failing([](const Asked& asked) { return Answers{dns_reply(asked, {}, 0x8182)}; }, "198.51.100.3");
    RunningGate gate({});
    gate.inside([&] { gate.shared().resolvers = {{"198.51.100.2", 54}, {"198.51.100.3", 53}}; });
    CHECK(resolve(gate, "a.com") == "resolver 198.51.100.3: answers with error 2");
    gate.inside([&] { gate.shared().resolvers = {{"198.51.100.2", 53}}; });
    CHECK(resolve(gate, "a.com") == "resolver 198.51.100.2: no answer in time");
    CHECK(silent.asked() == 2);
}

TEST_CASE("resolver: a truncated answer and a flood of false ones are asked for over tcp") {
    FakeResolver fake([](const Asked& asked) {
        if (asked.name == "long.com") return Answers{dns_reply(asked, {}, 0x8380)};
        return Answers(100, "false");
    });
    const UniqueFd listener = World::get().listen_there(53);
    RunningGate gate({});
    use(gate, fake);
    std::thread server([&] {
        for (int i = 0; i < 2; ++i) {
            const UniqueFd client = accept_one(listener);
            const std::string length = hear(client, 2);
            const auto query = gate::dns::parse_query(hear(client, static_cast<unsigned char>(length[1])));
            const std::string answer = framed(dns_reply(query->query, {a_record(query->query.name, there)}));
            for (const char byte : answer) say(client, std::string(1, byte));
        }
    });
    CHECK(resolve(gate, "long.com") == "198.51.100.2");
    CHECK(resolve(gate, "flood.com") == "198.51.100.2");
    server.join();
}

TEST_CASE("resolver: who asks for the same name at the same time waits for the same answer") {
    FakeResolver fake(everything_there());
    RunningGate gate({});
    use(gate, fake);
    std::vector<std::future<std::vector<gate::dns::Address>>> all;
    gate.inside([&] {
        for (int i = 0; i < 50; ++i)
            all.push_back(
                boost::asio::co_spawn(gate.context(), gate.resolver().resolve("same.com"), boost::asio::use_future));
    });
    for (auto& one : all) CHECK(one.get().size() == 1);
    CHECK(fake.asked() == 1);
}

TEST_CASE("resolver: a sibling is where isagd says, and nobody is asked") {
    RunningGate gate({});
    gate.inside([&] { gate.shared().siblings["db"] = {gate::address_v4(0xac110005)}; });
    CHECK(resolve(gate, "db") == "172.17.0.5");
    CHECK(resolve(gate, "elsewhere.com") == "no resolver is configured");
}

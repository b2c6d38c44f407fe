// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/address.hpp"
#include "tests/daemon/gate/shared_sample.hpp"
#include <doctest/doctest.h>

using namespace isag;
using namespace isag::gate;
using namespace isag::test;
using namespace std::chrono_literals;

namespace {

const Clock::time_point now{1000s};

LiveRule live(bool allow, const char* name, std::optional<Clock::time_point> until) {
    return {allow, Rule{false, name, {}, false}, until};
}

}  // namespace

TEST_CASE("settings: a configuration is put in force") {
    Shared shared = make_shared_state();
    REQUIRE(apply(sample_configuration(), shared).has_value());
    CHECK(shared.policy.decide("example.com", 443).allowed);
    CHECK(!shared.policy.decide("example.com", 22).allowed);
    CHECK(shared.policy.decide("a.example.org", 22).allow_private);
    CHECK(shared.own_addresses.size() == 2);
    CHECK(shared.own_addresses[1].v6);
    REQUIRE(shared.siblings.size() == 1);
    CHECK(shared.siblings.at("db").size() == 2);
}

TEST_CASE("settings: a wrong configuration changes nothing") {
    Shared shared = make_shared_state();
    REQUIRE(apply(sample_configuration(), shared).has_value());
    const auto before = save(shared);
    using Spoil = void (*)(proto::gate::Configure&);
    const Spoil spoils[] = {
        [](auto& c) {
            c.rules.push_back({"198.51.100.1", {}, false});
        },
        [](auto& c) {
            c.rules.push_back({"*.", {}, false});
        },
        [](auto& c) {
            c.rules.push_back({"*", {}, false});
        },
        [](auto& c) {
            c.rules.push_back({"a.*.example", {}, false});
        },
        [](auto& c) {
            c.rules.push_back({"a.example", {0}, false});
        },
        [](auto& c) {
            c.rules.push_back({"a.example", {65536}, false});
        },
        [](auto& c) {
            c.resolvers.push_back({"dns.example", 53});
        },
        [](auto& c) {
            c.resolvers.push_back({"198.51.100.1", 0});
        },
        [](auto& c) { c.own_addresses.push_back("10.1"); },
        [](auto& c) {
            c.siblings.push_back({"x", {"::g"}});
        },
    };
    for (const auto spoil : spoils) {
        auto configuration = sample_configuration();
        configuration.learn = true;
        spoil(configuration);
        CHECK(!apply(configuration, shared).has_value());
        CHECK(save(shared) == before);
    }
    CHECK(!apply(proto::gate::Siblings{{{"x", {""}}}}, shared).has_value());
    CHECK(save(shared) == before);
}

TEST_CASE("settings: the next worker knows all that the last one knew") {
    Shared shared = make_shared_state();
    auto configuration = sample_configuration();
    configuration.learn = true;
    REQUIRE(apply(configuration, shared).has_value());
    REQUIRE(shared.policy.change(live(true, "old.example", std::nullopt)));
    REQUIRE(shared.policy.change(live(false, "example.com", now + 90s)));
    const auto text = save(shared);
    Shared next = make_shared_state();
    REQUIRE(restore(text, next).has_value());
    CHECK(save(next) == text);
    CHECK(next.learn);
    REQUIRE(next.policy.live().size() == 2);
    CHECK(next.policy.live()[0].rule.name == "example.com");
    CHECK(next.policy.live()[0].until == now + 90s);
    CHECK(!next.policy.live()[0].allow);
    for (std::size_t size = 0; size < text.size(); ++size) {
        Shared other = make_shared_state();
        CHECK(!restore(text.substr(0, size), other).has_value());
    }
}

TEST_CASE("settings: a new configuration ends live rules, new siblings do not") {
    Shared shared = make_shared_state();
    REQUIRE(apply(proto::gate::Change{true, {"a.example", {}, false}, {}}, now, shared).has_value());
    REQUIRE(apply(proto::gate::Siblings{{{"cache", {"10.77.0.10"}}}}, shared).has_value());
    CHECK(shared.policy.live().size() == 1);
    REQUIRE(apply(sample_configuration(), shared).has_value());
    CHECK(shared.policy.live().empty());
}

TEST_CASE("settings: a change holds as long as it says") {
    Shared shared = make_shared_state();
    REQUIRE(apply(proto::gate::Change{true, {"a.example", {}, false}, 60}, now, shared).has_value());
    CHECK(shared.policy.next_end() == now + 60s);
    const auto seen = state(shared, now + 500ms);
    REQUIRE(seen.rules.size() == 1);
    CHECK(seen.rules[0].seconds_left == 60);
    CHECK(seen.rules[0].live);
    for (const std::int64_t seconds : {std::int64_t{0}, std::int64_t{-1}, INT64_MAX})
        CHECK(!apply(proto::gate::Change{true, {"b.example", {}, false}, seconds}, now, shared).has_value());
}

TEST_CASE("settings: live rules are limited in number") {
    Shared shared = make_shared_state();
    const auto change = [&](std::size_t i) {
        return apply(proto::gate::Change{true, {"n" + std::to_string(i) + ".example", {}, false}, {}}, now, shared);
    };
    for (std::size_t i = 0; i < Policy::most_live; ++i) REQUIRE(change(i).has_value());
    CHECK(!change(Policy::most_live).has_value());
}

TEST_CASE("settings: a check says what would become of a connection") {
    Shared shared = make_shared_state();
    REQUIRE(apply(sample_configuration(), shared).has_value());
    CHECK(check({"EXAMPLE.com.", 443}, shared).allowed);
    CHECK(check({"EXAMPLE.com.", 443}, shared).rule == "example.com:443,80");
    CHECK(!check({"other.example", 443}, shared).allowed);
    CHECK(check({"198.51.100.1", 443}, shared).why.find("not a name") != std::string::npos);
    CHECK(!check({"example.com", 70000}, shared).allowed);
}

TEST_CASE("settings: addresses are read and written") {
    for (const auto* text : {"198.51.100.1", "2001:db8::1", "::1"}) CHECK(address_text(*parse_address(text)) == text);
    for (const auto* text : {"", "198.51.100", "1.2.3.4.5", "example.com", "fe80::1%eth0", "198.51.100.1:53"})
        CHECK(!parse_address(text).has_value());
}

TEST_CASE("memory: what is stored last is there, whatever its size") {
    const UniqueFd file = make_memory("test");
    std::string last;
    CHECK(Memory(file.duplicate()).load().empty());
    for (const std::size_t size : {10, 5, 5000, 1, 0, 4000, 4100, 3, 3, 100000, 7}) {
        last = std::string(size, static_cast<char>('a' + size % 26));
        Memory(file.duplicate()).store(last);
        CHECK(Memory(file.duplicate()).load() == last);
    }
}

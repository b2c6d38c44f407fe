// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/policy.hpp"
#include <doctest/doctest.h>

using namespace isag::gate;

namespace {

Rule name(const std::string& text, std::vector<std::uint16_t> ports = {}) {
    return {false, text, std::move(ports), false};
}
Rule below(const std::string& text, std::vector<std::uint16_t> ports = {}) {
    return {true, text, std::move(ports), false};
}

}  // namespace

TEST_CASE("Policy: an empty one allows nothing") {
    const Policy policy;
    CHECK_FALSE(policy.knows("example.com"));
    CHECK_FALSE(policy.decide("example.com", 443).allowed);
    CHECK(policy.decide("example.com", 443).why == "no rule names example.com");
}

TEST_CASE("Policy: a name stands for itself alone, any port unless some are named") {
    const Policy policy({name("github.com"), name("example.com", {22, 443})});
    CHECK(policy.decide("github.com", 1).allowed);
    CHECK_FALSE(policy.decide("api.github.com", 443).allowed);
    CHECK_FALSE(policy.decide("xgithub.com", 443).allowed);
    CHECK_FALSE(policy.decide("github.com.evil.org", 443).allowed);
    CHECK(policy.decide("example.com", 22).allowed);
    const auto refused = policy.decide("example.com", 80);
    CHECK_FALSE(refused.allowed);
    CHECK(refused.why == "port 80 is not among those of example.com:22,443");
    CHECK(policy.knows("example.com"));
}

TEST_CASE("Policy: a wildcard is any name below, at any depth, and not the zone itself") {
    const Policy policy({below("example.com")});
    CHECK(policy.decide("a.example.com", 443).allowed);
    CHECK(policy.decide("a.b.c.example.com", 443).rule == "*.example.com");
    CHECK_FALSE(policy.decide("example.com", 443).allowed);
    CHECK_FALSE(policy.decide("aexample.com", 443).allowed);
    CHECK_FALSE(policy.decide("com", 443).allowed);
}

TEST_CASE("Policy: rules for one name add up, the most exact is named") {
    const Policy policy({below("example.com", {443}), name("a.example.com", {22}), below("b.example.com", {80})});
    CHECK(policy.decide("a.example.com", 22).rule == "a.example.com:22");
    CHECK(policy.decide("a.example.com", 443).rule == "*.example.com:443");
    CHECK(policy.decide("x.b.example.com", 80).rule == "*.b.example.com:80");
    CHECK_FALSE(policy.decide("a.example.com", 80).allowed);
}

TEST_CASE("Policy: what is added works at once, what is removed no more") {
    Policy policy;
    CHECK(policy.add(name("a.org")));
    CHECK_FALSE(policy.add(name("a.org")));
    CHECK(policy.decide("a.org", 1).allowed);
    CHECK(policy.rules().size() == 1);
    CHECK_FALSE(policy.remove(below("a.org")));
    CHECK(policy.remove(name("a.org")));
    CHECK_FALSE(policy.remove(name("a.org")));
    CHECK_FALSE(policy.knows("a.org"));
}

TEST_CASE("Policy: only the rule that says so lifts the ban on private addresses") {
    Rule lifted = name("nas.home", {445});
    lifted.allow_private = true;
    const Policy policy({lifted, name("nas.home", {80})});
    CHECK(policy.decide("nas.home", 445).allow_private);
    CHECK_FALSE(policy.decide("nas.home", 80).allow_private);
}

TEST_CASE("Policy: the newest live rule that fits decides, before the configured ones") {
    using std::chrono::seconds;
    constexpr std::chrono::steady_clock::time_point start{};
    Policy policy({below("example.com"), name("other.org")});
    CHECK(policy.change({.allow = false, .rule = below("example.com"), .until = {}}));
    CHECK_FALSE(policy.knows("a.example.com"));
    CHECK_FALSE(policy.decide("a.example.com", 443).allowed);
    CHECK(policy.decide("a.example.com", 443).why == "denied by *.example.com, set while it runs");
    CHECK(policy.change({.allow = true, .rule = name("a.example.com"), .until = start + seconds(10)}));
    CHECK(policy.decide("a.example.com", 443).allowed);
    CHECK_FALSE(policy.knows("b.example.com"));
    CHECK(policy.next_end() == start + seconds(10));
    CHECK_FALSE(policy.expire(start + seconds(9)));
    CHECK(policy.expire(start + seconds(10)));
    CHECK_FALSE(policy.knows("a.example.com"));

    CHECK(policy.change({.allow = false, .rule = name("other.org", {80}), .until = {}}));
    CHECK(policy.knows("other.org"));
    CHECK(policy.decide("other.org", 443).allowed);
    CHECK_FALSE(policy.decide("other.org", 80).allowed);
    CHECK(policy.change({.allow = true, .rule = name("other.org", {80}), .until = {}}));
    CHECK(policy.live().size() == 2);
    CHECK(policy.decide("other.org", 80).allowed);
}

TEST_CASE("Policy: live rules are limited in number") {
    Policy policy;
    for (std::size_t i = 0; i < Policy::most_live; ++i)
        REQUIRE(policy.change({.allow = true, .rule = name("n" + std::to_string(i) + ".example"), .until = {}}));
    CHECK_FALSE(policy.change({.allow = true, .rule = name("more.example"), .until = {}}));
    CHECK(policy.change({.allow = false, .rule = name("n7.example"), .until = {}}));
}

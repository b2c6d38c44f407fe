// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/rules.hpp"
#include "daemon/gate/listing.hpp"
#include <doctest/doctest.h>

using namespace isag::gate;

namespace {

RuleInput input(Mode mode = Mode::limited, bool ipv6 = true) { return {0x12345678, 4001, 4002, mode, ipv6}; }

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

constexpr const char* loaded = R"({"nftables": [{"metainfo": {"version": "1.0.6"}},
 {"table": {"family": "inet", "name": "isag", "handle": 1}},
 {"counter": {"family": "inet", "name": "refused", "table": "isag", "handle": 1, "packets": 7, "bytes": 420}},
 {"chain": {"family": "inet", "table": "isag", "name": "a", "handle": 2, "type": "nat", "hook": "output",
            "prio": -110, "policy": "accept"}},
 {"chain": {"family": "inet", "table": "isag", "name": "b", "handle": 3}},
 {"chain": {"family": "ip", "table": "isag", "name": "c", "handle": 3}},
 {"rule": {"family": "inet", "table": "isag", "chain": "b", "handle": 4, "expr": [{"accept": null}]}},
 {"rule": {"family": "inet", "table": "other", "chain": "b", "handle": 4, "expr": []}}]})";

}  // namespace

TEST_CASE("rules: mark and ports are in their places") {
    const auto text = ruleset(input());
    CHECK(contains(text, "meta mark 305419896 meta skuid 0 return"));
    CHECK(contains(text, "th dport 53 redirect to :4001"));
    CHECK(contains(text, "ip daddr 198.18.0.0/15 meta l4proto tcp redirect to :4002"));
    CHECK(!contains(text, "@"));
}

TEST_CASE("rules: only learning sends every connection to the relay") {
    CHECK(!contains(ruleset(input(Mode::limited)), "oif != lo"));
    CHECK(contains(ruleset(input(Mode::learn)), "oif != lo meta nfproto ipv4 meta l4proto tcp redirect to :4002"));
}

TEST_CASE("rules: without a listener on ::1 nothing is redirected to it") {
    CHECK(contains(ruleset(input(Mode::limited, false)),
                   "meta nfproto ipv4 meta l4proto { tcp, udp } th dport 53 redirect"));
    CHECK(!contains(ruleset(input(Mode::limited, true)), "meta nfproto ipv4"));
}

TEST_CASE("rules: no rule lets an established connection out without the mark") {
    const auto text = ruleset(input());
    const auto begin = text.find("chain output"), end = text.find("chain refuse");
    for (auto at = text.find("established", begin); at < end; at = text.find("established", at + 1)) {
        const auto line = text.substr(text.rfind('\n', at), text.find('\n', at) - text.rfind('\n', at));
        CHECK(contains(line, "meta mark 305419896"));
    }
}

TEST_CASE("listing: chains, rules and counters of our table alone") {
    const auto listing = parse_listing(loaded);
    REQUIRE(listing.has_value());
    REQUIRE(listing->chains.size() == 2);
    CHECK(listing->chains.at("a").hook == "nat output -110 accept");
    CHECK(listing->chains.at("b").hook.empty());
    CHECK(listing->chains.at("b").size == 1);
    CHECK(listing->counters.at("refused") == 7);
}

TEST_CASE("listing: what is no listing is a failure") {
    const std::string whole = loaded;
    for (std::size_t size = 0; size < whole.size(); ++size) CHECK(!parse_listing(whole.substr(0, size)).has_value());
    CHECK(!parse_listing(R"({"nftables": [{"chain": {"family": 1}}]})").has_value());
    CHECK(!parse_listing(R"({"nftables": 3})").has_value());
}

TEST_CASE("listing: the plan tells chains, hooks and how many rules") {
    const auto plan = planned_listing(ruleset(input()));
    CHECK(plan.chains.size() == 5);
    CHECK(plan.chains.at("names").hook == "nat output -110 accept");
    CHECK(plan.chains.at("names").size == 3);
    CHECK(planned_listing(ruleset(input(Mode::learn))).chains.at("names").size == 4);
    CHECK(plan.chains.at("output").hook == "filter output 0 drop");
    CHECK(plan.chains.at("refuse").hook.empty());
    CHECK(plan.chains.at("forward").size == 0);
}

TEST_CASE("listing: a difference is named") {
    const auto plan = planned_listing(ruleset(input()));
    CHECK(difference(plan, plan).empty());
    auto other = plan;
    other.chains.at("output").size = 1;
    CHECK(contains(difference(plan, other), "chain output has 1 rules"));
    other = plan;
    other.chains.at("output").hook = "filter output 0 accept";
    CHECK(contains(difference(plan, other), "chain output hangs at"));
    other = plan;
    other.chains.erase("input");
    CHECK(contains(difference(plan, other), "chain input is missing"));
    other = plan;
    other.chains["more"];
    CHECK(contains(difference(plan, other), "nobody made"));
}

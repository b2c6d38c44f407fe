// SPDX-License-Identifier: Apache-2.0
#include "daemon/firewall/siblings.hpp"
#include "tests/daemon/engine/fixture.hpp"
#include <doctest/doctest.h>

namespace asio = boost::asio;
using namespace isag;
using namespace isag::firewall;
using namespace isag::test;
using Texts = std::vector<std::string>;

namespace {

constexpr const char* network_reply = R"({"Id":"n1","Name":"db","IPAM":{"Config":[{"Gateway":"198.51.100.1"}]},
    "Containers":{"self":{"Name":"isag-web-gate","IPv4Address":"198.51.100.9/24"},
                  "other":{"Name":"isag-api-gate","IPv4Address":"198.51.100.8/24"},
                  "c1":{"Name":"shop_db_1","IPv4Address":"198.51.100.2/24","IPv6Address":"2001:db8::2/64"}}})";

std::string container_reply(const std::string& id, const std::string& role) {
    return R"({"Id":")" + id + R"(","Name":"/Shop_db_1","State":{"Running":true},"Config":{"Labels":{)" +
           (role.empty() ? "" : R"("isag.role":")" + role + "\"") +
           R"(}},"NetworkSettings":{"Networks":{"db":{"Aliases":["db","postgres","0123456789ab"]},
           "else":{"Aliases":["hidden"]}}}})";
}

asio::awaitable<void> look_twice(engine::Engine& engine, std::vector<proto::gate::Sibling>& found) {
    SiblingWatch watch({"db", "gone"}, "self");
    found = co_await watch.look(engine);
    const auto again = co_await watch.look(engine);
    CHECK(again.size() == found.size());
}

}  // namespace

TEST_CASE("siblings_of: each name once, with the addresses of all who bear it, gateways left out") {
    const auto siblings = siblings_of(
        {{"db", {"/Web_1", "web", "bad name", "", "x..y", ".x", "no\nline"}, {"198.51.100.3", "198.51.100.1"}},
         {"db", {"web"}, {"198.51.100.2"}},
         {"db", {"silent"}, {}}},
        {"198.51.100.1"});
    REQUIRE(siblings.size() == 2);
    CHECK(siblings[0].name == "web");
    CHECK(siblings[0].addresses == Texts{"198.51.100.2", "198.51.100.3"});
    CHECK(siblings[1].name == "web_1");
    CHECK(siblings[1].addresses == Texts{"198.51.100.3"});
}

TEST_CASE("SiblingWatch: names and aliases from the engine, the gates themselves left out, each asked about once") {
    EngineFixture fixture([](const FakeRequest& request, FakeExchange& exchange) {
        if (request.line() == "GET /networks/db") return exchange.answer(200, network_reply);
        if (request.line() == "GET /containers/c1/json") return exchange.answer(200, container_reply("c1", ""));
        if (request.line() == "GET /containers/other/json")
            return exchange.answer(200, container_reply("other", "gate"));
        exchange.answer(404, "{}");
    });
    const auto engine = fixture.engine();
    std::vector<proto::gate::Sibling> found;
    fixture.run(look_twice(*engine, found));
    REQUIRE(found.size() == 4);
    CHECK(found[0].name == "0123456789ab");
    CHECK(found[1].name == "db");
    CHECK(found[2].name == "postgres");
    CHECK(found[3].name == "shop_db_1");
    for (const auto& sibling : found) CHECK(sibling.addresses == Texts{"198.51.100.2", "2001:db8::2"});
    const auto asked = fixture.fake.asked();
    CHECK(std::count(asked.begin(), asked.end(), "GET /containers/c1/json") == 1);
    CHECK(std::count(asked.begin(), asked.end(), "GET /containers/self/json") == 0);
}

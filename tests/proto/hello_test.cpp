// SPDX-License-Identifier: Apache-2.0
#include "proto/hello.hpp"
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace isag;
using namespace isag::proto;

TEST_CASE("hello: what a later version adds is passed over, what is missing is not") {
    const auto later = read_hello({{"protocol", 99}, {"version", "9.0.0"}, {"features", {"x"}}});
    REQUIRE(later.has_value());
    CHECK(later->protocol == 99);
    CHECK(later->version == "9.0.0");
    CHECK_FALSE(read_hello({{"version", "9.0.0"}}).has_value());
    CHECK_FALSE(read_hello({{"protocol", "3"}, {"version", "9.0.0"}}).has_value());
    CHECK_FALSE(read_hello(nlohmann::json::array()).has_value());
}

TEST_CASE("hello: who is older is told what to do") {
    CHECK_FALSE(disagreement({3, "0.1.0"}, {3, "0.2.0"}, 7));
    const auto old_daemon = disagreement({3, "0.2.0"}, {2, "0.1.0"}, 7);
    REQUIRE(old_daemon);
    CHECK(old_daemon->message() == "isag 0.2.0 speaks protocol 3, but the running isagd 0.1.0 speaks protocol 2");
    CHECK(old_daemon->hint().find("restart isagd") == 0);
    CHECK(old_daemon->hint().ends_with("kill 7"));
    const auto old_client = disagreement({3, "0.2.0"}, {4, "0.3.0"}, 7);
    REQUIRE(old_client);
    CHECK(old_client->hint().find("this isag is the older one") == 0);
}

// SPDX-License-Identifier: Apache-2.0
#include "daemon/init/spawn.hpp"
#include <doctest/doctest.h>

using namespace isag;

TEST_CASE("spawn: a request that can't be meant is refused before anything is tried") {
    proto::init::Spawn good;
    good.argv = {"true"};
    good.environment = {{"A", "b=c"}};
    CHECK_FALSE(init::check(good));

    auto bad = good;
    bad.argv.clear();
    CHECK(init::check(bad)->message == "there is no command to run");
    bad = good;
    bad.argv.push_back(std::string("a\0b", 3));
    CHECK(init::check(bad)->message == "an argument holds a zero byte");
    bad = good;
    bad.directory = std::string("\0", 1);
    CHECK(init::check(bad)->message == "the directory holds a zero byte");
    bad = good;
    bad.environment["A"] = std::string("\0", 1);
    CHECK(init::check(bad)->message == "a variable holds a zero byte");
    bad = good;
    bad.environment["A=B"] = "c";
    CHECK(init::check(bad)->message == "'A=B' can't name a variable");
    bad = good;
    bad.environment[""] = "c";
    CHECK(init::check(bad));
}

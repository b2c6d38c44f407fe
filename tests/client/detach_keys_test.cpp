// SPDX-License-Identifier: Apache-2.0
#include "client/detach_keys.hpp"
#include "common/error.hpp"
#include <doctest/doctest.h>

namespace isag {
namespace {

const DetachKeys::Time start{};
constexpr std::chrono::milliseconds moment{10};

}  // namespace

TEST_CASE("Ctrl-P Ctrl-Q leaves, together or one after the other") {
    DetachKeys together("ctrl-p,ctrl-q");
    CHECK(together.take("ls\r\x10\x11rest", start) == "ls\r");
    CHECK(together.found());
    DetachKeys apart("ctrl-p,ctrl-q");
    CHECK(apart.take("\x10", start) == "");
    CHECK(!apart.found());
    CHECK(apart.take("\x11", start + moment) == "");
    CHECK(apart.found());
}

TEST_CASE("in the forms that programs can ask a terminal for, too") {
    for (const std::string typed : {"\x1b[112;5u\x1b[113;5u", "\x1b[112;5:1u\x11", "\x1b[27;5;112~\x1b[27;5;113~"}) {
        CAPTURE(typed);
        DetachKeys keys("ctrl-p,ctrl-q");
        CHECK(keys.take(typed, start) == "");
        CHECK(keys.found());
    }
}

TEST_CASE("the first key alone goes on, with what follows or after a moment") {
    DetachKeys keys("ctrl-p,ctrl-q");
    CHECK(keys.take("\x10x", start) == "\x10x");
    CHECK(keys.take("\x10", start) == "");
    REQUIRE(keys.due());
    CHECK(keys.expired(*keys.due() - moment) == "");
    CHECK(keys.expired(*keys.due()) == "\x10");
    CHECK(!keys.due());
    CHECK(keys.take("\x10", start) == "");
    CHECK(keys.take("\x11", start + DetachKeys::held_for + moment) == "\x10\x11");  // too late
    CHECK(!keys.found());
    CHECK(keys.take("\x10\x10\x11", start) == "\x10");
    CHECK(keys.found());
}

TEST_CASE("other keys can be chosen, or none") {
    DetachKeys one("ctrl-]");
    CHECK(one.take("a\x1d"
                   "b",
                   start) == "a");
    CHECK(one.found());
    DetachKeys letters("ctrl-@,q");
    CHECK(letters.take(std::string_view("\0q", 2), start) == "");
    CHECK(letters.found());
    DetachKeys none("");
    CHECK(none.take("\x10\x11", start) == "\x10\x11");
    CHECK(!none.found());
    for (const std::string wrong : {"ctrl-", "ctrl-1", "ctrl-pp", "alt-p", ",", "ctrl-p,,ctrl-q", "\x01"}) {
        CAPTURE(wrong);
        CHECK_THROWS_AS(DetachKeys{wrong}, Error);
    }
}

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#include "client/comeback.hpp"
#include <doctest/doctest.h>

namespace isag {

TEST_CASE("an isagd that is gone is waited for, longer each time, until the time is over") {
    Comeback comeback;
    const Comeback::Clock::time_point start{};
    const Error why("isagd is gone", "its log tells why");
    auto before = comeback.lost(why, start);
    CHECK(before < std::chrono::milliseconds(100));
    for (int attempt = 0; attempt < 20; ++attempt) {
        const auto pause = comeback.lost(why, start + std::chrono::seconds(attempt));
        CHECK(pause >= before);
        before = pause;
    }
    CHECK(before == std::chrono::seconds(1));
    CHECK_THROWS_WITH_AS(comeback.lost(why, start + Comeback::limit), "isagd is gone", Error);
}

TEST_CASE("each isagd that has served gives the next one the whole time") {
    Comeback comeback;
    const Error why("isagd is gone");
    Comeback::Clock::time_point now{};
    for (int restart = 0; restart < 10; ++restart, now += Comeback::limit) {
        CHECK(comeback.lost(why, now) < std::chrono::milliseconds(100));
        comeback.served();
    }
}

}  // namespace isag

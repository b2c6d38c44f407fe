// SPDX-License-Identifier: Apache-2.0
#include "common/duration.hpp"
#include <doctest/doctest.h>

TEST_CASE("durations: numbers with units, from the largest unit down, or seconds alone") {
    for (const auto& [text, seconds] : std::initializer_list<std::pair<const char*, std::int64_t>>{
             {"90s", 90}, {"90", 90}, {"10m", 600}, {"1h30m", 5400}, {"7d", 7 * 86400}, {"0s", 0}, {"365d", 31536000}})
        CHECK_MESSAGE(isag::parse_duration(text) == seconds, text);
    for (const char* text : {"1m2h", "1h1h", "1.5h", "-1", "h", "1w", "366d", "1h ", "99999999999999999999"})
        CHECK_MESSAGE(!isag::parse_duration(text), text);
}

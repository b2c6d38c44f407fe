// SPDX-License-Identifier: Apache-2.0
#include "client/forward/limits.hpp"
#include <doctest/doctest.h>
#include <limits>

namespace isag::forward {

TEST_CASE(
    "limits of forwards: the descriptors hold them all, pipes among them, and each side that is asked for has some") {
    for (const std::size_t descriptors : {0, 1, 128, 131, 256, 1024, 20000, 1 << 20}) {
        for (const auto& [from_host, from_sandbox] : {std::pair{true, false}, {false, true}, {true, true}}) {
            const auto [host, sandbox, pipes] = limits_for(descriptors, from_host, from_sandbox);
            CAPTURE(descriptors);
            CHECK((host > 0) == from_host);
            CHECK((sandbox > 0) == from_sandbox);
            CHECK(host + sandbox <= Limits::most_connections);
            if (descriptors > 132) CHECK(2 * (host + sandbox + pipes) + 128 <= descriptors);
        }
    }
}

TEST_CASE("limits of forwards: who asks for one side alone has all; of both, a quarter is the sandbox's") {
    CHECK(limits_for(1024, true, false).from_host == 336);
    CHECK(limits_for(1024, false, true).from_sandbox == 336);
    CHECK(limits_for(1024, true, true).from_host == 252);
    CHECK(limits_for(1024, true, true).from_sandbox == 84);
    CHECK(limits_for(std::numeric_limits<std::size_t>::max(), true, false).from_host == 4096);
}

}  // namespace isag::forward

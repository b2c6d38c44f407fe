// SPDX-License-Identifier: Apache-2.0
#include "client/forward/limits.hpp"
#include "tests/client/stage.hpp"
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

TEST_CASE("forwards with too few descriptors are an error at once, which says how many they need") {
    const test::Stage stage;
    auto words = test::Stage::command({"ssh", "web", "-N", "-L", "0:localhost:1"});
    words.insert(words.begin(), {"prlimit", "--nofile=40", "--"});
    const auto done = test::run_program(words, stage.environment);
    CHECK(done.status == 125);
    CHECK(done.err ==
          "isag: forwards need more than 128 descriptors, and have 40\n  raise the limit: ulimit -Hn 1024\n");
}

TEST_CASE("limits of forwards: who asks for one side alone has all; of both, a quarter is the sandbox's") {
    CHECK(limits_for(1024, true, false).from_host == 336);
    CHECK(limits_for(1024, false, true).from_sandbox == 336);
    CHECK(limits_for(1024, true, true).from_host == 252);
    CHECK(limits_for(1024, true, true).from_sandbox == 84);
    CHECK(limits_for(std::numeric_limits<std::size_t>::max(), true, false).from_host == 4096);
}

}  // namespace isag::forward

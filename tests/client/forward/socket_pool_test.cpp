// SPDX-License-Identifier: Apache-2.0
#include "tests/client/forward/fake_sandbox.hpp"
#include <doctest/doctest.h>

namespace isag {
using test::eventually;
using test::ForwardStage;
using test::Server;
using test::to_port;

namespace {

bool echoes(int port) { return test::echoed(port, "hello") == "hello"; }

}  // namespace

TEST_CASE("isagd is asked for the first connection to the sandbox's loopback, and gives sockets for the next ones") {
    const Server server(test::echo);
    ForwardStage stage({"-L", to_port(server.port())});
    CHECK(stage.sandbox.given() == 0);
    CHECK(echoes(stage.port()));
    REQUIRE(eventually([&] { return stage.sandbox.given() == 32; }));
    for (int i = 0; i < 16; ++i) CHECK(echoes(stage.port()));
    CHECK(stage.sandbox.asked() == 1);
    for (int i = 0; i < 100; ++i) CHECK(echoes(stage.port()));
    CHECK(stage.sandbox.given() > 32);
}

TEST_CASE("an isagd that has no sockets to give is asked for each connection") {
    const Server server(test::echo);
    ForwardStage stage({"-L", to_port(server.port())});
    stage.sandbox.keep_sockets();
    for (int i = 0; i < 5; ++i) CHECK(echoes(stage.port()));
    CHECK(stage.sandbox.asked() == 5);
}

TEST_CASE("where 127.0.0.1 refuses, isagd is asked, who tries ::1 and says what is wrong") {
    std::optional<Server> server(std::in_place, test::echo);
    ForwardStage stage({"-v", "-L", to_port(server->port())});
    CHECK(echoes(stage.port()));
    REQUIRE(eventually([&] { return stage.sandbox.given() == 32; }));
    server.reset();
    CHECK(test::end_of(test::connect_or_throw(stage.port())) == ECONNRESET);
    CHECK(stage.sandbox.asked() == 2);
    stage.isag().expect("isag: no connection to localhost:");
}

}  // namespace isag

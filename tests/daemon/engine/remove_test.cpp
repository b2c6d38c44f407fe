// SPDX-License-Identifier: Apache-2.0
#include "tests/daemon/engine/fixture.hpp"
#include <atomic>
#include <doctest/doctest.h>

namespace asio = boost::asio;
using namespace isag;
using namespace isag::test;

TEST_CASE("wait_removed: where somebody else's removal of a container is under way, it returns when that is gone") {
    std::atomic<int> looks = 0;
    EngineFixture fixture([&looks](const FakeRequest& request, FakeExchange& exchange) {
        if (request.line() == "DELETE /containers/c1")
            return exchange.answer(409, R"({"message":"removal of container c1 is already in progress"})");
        if (request.line() == "GET /containers/c1/json" && ++looks < 4)
            return exchange.answer(200, R"({"Id":"c1","State":{"Running":false},"Config":{"Labels":{}}})");
        exchange.answer(404, R"({"message":"No such container: c1"})");
    });
    fixture.run([](EngineFixture& with) -> asio::awaitable<void> {
        const auto engine = with.engine();
        const bool is_gone = co_await engine->remove_container("c1");
        CHECK_FALSE(is_gone);
        co_await engine->wait_removed("c1");
        const bool is_gone_now = co_await engine->remove_container("c2");
        CHECK(is_gone_now);
    }(fixture));
    CHECK(looks == 4);
}

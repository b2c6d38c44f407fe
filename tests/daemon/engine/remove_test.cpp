// SPDX-License-Identifier: Apache-2.0
#include "tests/daemon/engine/fixture.hpp"
#include <atomic>
#include <doctest/doctest.h>

namespace asio = boost::asio;
using namespace isag;
using namespace isag::test;

TEST_CASE("remove_container: where its removal is under way already, it returns when the container is gone") {
    std::atomic<int> looks = 0;
    EngineFixture fixture([&looks](const FakeRequest& request, FakeExchange& exchange) {
        if (request.line() == "DELETE /containers/c1")
            return exchange.answer(409, R"({"message":"removal of container c1 is already in progress"})");
        if (++looks < 4) return exchange.answer(200, R"({"Id":"c1","State":{"Running":false},"Config":{"Labels":{}}})");
        exchange.answer(404, R"({"message":"No such container: c1"})");
    });
    fixture.run([](EngineFixture& with) -> asio::awaitable<void> {
        const auto engine = with.engine();
        co_await engine->remove_container("c1");
    }(fixture));
    CHECK(looks == 4);
}

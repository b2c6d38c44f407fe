// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/registry.hpp"
#include "common/deadline.hpp"
#include "tests/daemon/engine/fixture.hpp"
#include <algorithm>
#include <doctest/doctest.h>
#include <fstream>

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace isag;
using namespace isag::sandbox;
using namespace isag::test;
using namespace std::chrono_literals;

namespace {

// A registry whose engine answers by a script, after greetings; "no containers" is what it lists unless told otherwise.
struct Fixture {
    explicit Fixture(FakeEngine::Script script = nullptr)
        : engine([script](const FakeRequest& request, FakeExchange& exchange) {
              if (answer_greeting(request, exchange)) return;
              if (script) return script(request, exchange);
              exchange.answer(200, "[]");
          }) {}

    Directories directories() const {
        const auto& path = engine.folder.path();
        return {path, path / "run", path / "state", path / "cache", path / "config"};
    }
    // Runs the body with a registry, which is then shut down.
    void run(std::function<asio::awaitable<void>(Registry&)> body) { engine.run(whole(std::move(body))); }

    EngineFixture engine;

private:
    asio::awaitable<void> whole(std::function<asio::awaitable<void>(Registry&)> body) {
        const auto executor = co_await asio::this_coro::executor;
        engine::EngineHolder holder("unix://" + engine.fake.path().string(), {}, directories());
        RecordStore records(directories().state);
        const Host host{directories(), holder, records, "/bin/true"};
        Registry registry(executor, host);
        registry.load();
        std::exception_ptr error;
        try {
            auto running = body(registry);
            co_await with_deadline(std::move(running), 60s, "the test");
        } catch (...) {
            error = std::current_exception();
        }
        registry.leave_running();
        co_await registry.shutdown();
        if (error) std::rethrow_exception(error);
    }
};

Plan plan_of(const Sandbox& sandbox) {
    Plan plan;
    plan.identity = sandbox.record().identity();
    plan.agent = {1000, 1000};
    plan.network = "none";
    return plan;
}

asio::awaitable<void> names(Registry& registry) {
    const auto first = registry.create("web", false, {});
    const auto second = registry.create("web", false, {});
    const auto third = registry.create("web", false, {});
    CHECK(first->record().name == "web");
    CHECK(second->record().name == "web-2");
    CHECK(third->record().name == "web-3");
    CHECK_THROWS_WITH_AS(registry.create("web", true, {}), "a sandbox named web is running", Error);
    CHECK(registry.create("api", true, {})->record().name == "api");
    CHECK(registry.find("web") == first);  // the exact name wins
    CHECK(registry.find("web-2") == second);
    CHECK(registry.find("a")->record().name == "api");
    CHECK_THROWS_WITH_AS(registry.find("we"), "we fits several sandboxes: web web-2 web-3", Error);
    CHECK_THROWS_WITH_AS(registry.find("x"), "no sandbox is named x", Error);
    CHECK(registry.list().size() == 4);
    co_await registry.stop(second, 0s);
    CHECK(registry.create("web", false, {})->record().name == "web-2");  // free again
    CHECK(first->record().id != second->record().id);
    CHECK(first->record().nonce.size() == 32);
}

asio::awaitable<void> stop_never_started(Registry& registry) {
    const auto sandbox = registry.create("web", false, {});
    registry.abandon(sandbox);  // its plan failed, say
    co_await registry.stop(sandbox, 10s);
    CHECK(registry.list().empty());
}

asio::awaitable<void> stop_one(Registry& registry, std::shared_ptr<Sandbox> sandbox) {
    co_await registry.stop(std::move(sandbox), 0s);
}

asio::awaitable<void> stop_many(Registry& registry) {
    TaskGroup stops(co_await asio::this_coro::executor, [](std::exception_ptr) { FAIL("a stop failed"); });
    for (int i = 0; i < 10; ++i) {
        const auto sandbox = registry.create("web", false, {});
        stops.spawn(stop_one(registry, sandbox));
        stops.spawn(stop_one(registry, sandbox));  // two clients
    }
    co_await stops.join();
    CHECK(registry.list().empty());
}

std::string last_error;
asio::awaitable<void> start_fails(Registry& registry) {
    const auto sandbox = registry.create("web", false, {});
    last_error.clear();
    try {
        auto plan = plan_of(*sandbox);
        std::vector<SurveyedMount> none;
        co_await registry.start(sandbox, std::move(plan), std::move(none));
    } catch (const Error& error) {
        last_error = error.message();
    }
    CHECK(registry.list().empty());
    co_await registry.settle();
}

bool contains(const std::vector<std::string>& lines, const std::string& line) {
    return std::find(lines.begin(), lines.end(), line) != lines.end();
}
bool holds_nothing(const fs::path& folder) { return fs::directory_iterator(folder) == fs::directory_iterator(); }

// The containers that a list answers: one with the nonce of the sandbox that was created, as its body said it.
struct Container {
    std::string labels;
    FakeEngine::Script script(int create = 201, int start = 204, std::string state = R"({"Running":false})") {
        return [this, create, start, state](const FakeRequest& request, FakeExchange& exchange) {
            const std::string line = request.line();
            if (line == "POST /containers/create") {
                const auto at = request.body.find("\"Labels\":") + 9;
                if (create == 201) labels = request.body.substr(at, request.body.find('}', at) + 1 - at);
                return exchange.answer(create, create == 201 ? R"({"Id":"c1"})" : R"({"message":"no such image"})");
            }
            if (line == "POST /containers/c1/start")
                return exchange.answer(start, start < 400 ? "" : R"({"message":"mount source is missing"})");
            if (line == "GET /containers/c1/json")
                return exchange.answer(200,
                                       R"({"Id":"c1","State":)" + state + R"(,"Config":{"Labels":)" + labels + "}}");
            if (line == "GET /containers/c1/logs") return exchange.answer(200, "");
            if (line == "DELETE /containers/c1") return labels.clear(), exchange.answer(204, "");
            if (line == "GET /containers/json")
                return exchange.answer(200, labels.empty() ? "[]" : R"([{"Id":"c1","Labels":)" + labels + "}]");
            exchange.answer(404, "{}");
        };
    }
};

}  // namespace

TEST_CASE("Registry: names, taken and free, insisted on, and found by prefix") {
    Fixture fixture;
    fixture.run(names);
}

TEST_CASE("Registry: a sandbox that was never started can be stopped, and is gone") {
    Fixture fixture;
    fixture.run(stop_never_started);
    CHECK(holds_nothing(fixture.directories().state / "sandboxes"));
    CHECK(holds_nothing(fixture.directories().runtime / "sandboxes"));
}

TEST_CASE("Registry: many stops at once, of many and of the same, all return") {
    Fixture fixture;
    fixture.run(stop_many);
    CHECK(holds_nothing(fixture.directories().state / "sandboxes"));
}

TEST_CASE("Registry: a start that the engine refuses at whatever step leaves nothing") {
    struct Case {
        int create, start;
        const char* error;
    };
    for (const auto& step : {Case{404, 204, "the engine refused to create the container isag-web-"},
                             Case{201, 500, "the engine refused to start the container: mount source is missing"},
                             Case{201, 204, "the sandbox ended as it started"}}) {
        Container container;
        Fixture fixture(container.script(step.create, step.start));
        fixture.run(start_fails);
        CHECK(last_error.starts_with(step.error));
        CHECK(container.labels.empty());
        CHECK(contains(fixture.engine.fake.asked(), "DELETE /containers/c1") == (step.create == 201));
        CHECK(holds_nothing(fixture.directories().state / "sandboxes"));
        CHECK(holds_nothing(fixture.directories().runtime / "sandboxes"));
    }
}

TEST_CASE("Registry: a record whose container is gone is removed, one of another nonce is left alone") {
    Record record;
    record.id = "0123456789ab";
    record.nonce = "ours";
    record.name = "web";
    record.container = "c1";
    record.main = 2;
    Fixture fixture([](const FakeRequest& request, FakeExchange& exchange) {
        const std::string labels = R"({"isag.sandbox":"0123456789ab","isag.nonce":"spoofed"})";
        if (request.line() == "GET /containers/c1/json")
            return exchange.answer(
                200, R"({"Id":"c1","State":{"Running":true,"Pid":1},"Config":{"Labels":)" + labels + "}}");
        if (request.line() == "GET /containers/json")
            return exchange.answer(200, R"([{"Id":"c1","Labels":)" + labels + "}]");
        exchange.answer(500, "{}");
    });
    RecordStore(fixture.directories().state).save(record);
    fixture.run([](Registry& registry) -> asio::awaitable<void> {
        CHECK(registry.list().size() == 1);
        co_await registry.adopt();
        co_await registry.settle();
        CHECK(registry.list().empty());
    });
    CHECK_FALSE(contains(fixture.engine.fake.asked(), "DELETE /containers/c1"));
    CHECK(holds_nothing(fixture.directories().state / "sandboxes"));
}

TEST_CASE("Registry: folders that no record names are removed at the start") {
    Fixture fixture;
    fs::create_directories(fixture.directories().runtime / "sandboxes/ffffffffffff/run");
    fixture.run([](Registry&) -> asio::awaitable<void> { co_return; });
    CHECK(holds_nothing(fixture.directories().runtime / "sandboxes"));
}

TEST_CASE("Registry: it ends although the engine is gone, and keeps the record for the next isagd") {
    Fixture fixture;
    fixture.run([&fixture](Registry& registry) -> asio::awaitable<void> {
        registry.create("web", false, {});
        fixture.engine.fake.stop();
        co_return;
    });
    CHECK_FALSE(holds_nothing(fixture.directories().state / "sandboxes"));
}

// SPDX-License-Identifier: Apache-2.0
#include "tests/daemon/sandbox/containers.hpp"
#include "tests/daemon/sandbox/registry_fixture.hpp"
#include <algorithm>
#include <atomic>
#include <doctest/doctest.h>
#include <fstream>
#include <thread>

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace isag;
using namespace isag::sandbox;
using namespace isag::test;
using namespace std::chrono_literals;

namespace {

Plan plan_of(const Sandbox& sandbox, const fs::path& folder) {
    Plan plan;
    plan.identity = sandbox.record().identity();
    plan.agent = {1000, 1000};
    plan.gate.mode = firewall::GateMode::limited;
    plan.gate.sandbox = plan.identity.id;
    plan.gate.nonce = plan.identity.nonce;
    plan.gate.container_name = plan.identity.gate_name();
    plan.gate.run_folder = folder;
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
    CHECK(registry.named("web") == first);
    CHECK(registry.named("we") == nullptr);
    CHECK(registry.with_prefix("a")->record().name == "api");
    CHECK_THROWS_WITH_AS(registry.with_prefix("we"), "we fits several sandboxes: web web-2 web-3", Error);
    CHECK(registry.with_prefix("x") == nullptr);
    CHECK(registry.list().size() == 4);
    co_await registry.stop(second, 0s);
    CHECK(registry.create("web", false, {})->record().name == "web-2");  // free again
    CHECK(first->record().id != second->record().id);
    CHECK(first->record().nonce.size() == 32);
}

asio::awaitable<void> end_one(Registry& registry) {
    Record record;
    record.main = 2;
    const auto sandbox = registry.create("web", false, record);
    sandbox->give_up();
    CHECK(registry.named("web") == nullptr);
    CHECK(registry.host().finished.named("web"));
    co_return;
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
        auto plan = plan_of(*sandbox, run_folder(registry.host().directories, sandbox->record().id).gate_folder());
        std::vector<SurveyedMount> none;
        co_await registry.start(sandbox, std::move(plan), std::move(none));
    } catch (const Error& error) {
        last_error = error.message();
    }
    CHECK(registry.list().empty());
    co_await registry.settle();
}

// An engine that creates no container before it is told to, and then refuses all.
struct Holding {
    FakeEngine::Script script() {
        return [this, others = refusing.script()](const FakeRequest& request, FakeExchange& exchange) {
            if (request.line() == "POST /containers/create") {
                ++creating;
                released.wait(false);
            }
            others(request, exchange);
        };
    }
    Containers refusing{"create g1"};
    std::atomic<int> creating = 0;
    std::atomic<bool> released = false;
};

asio::awaitable<void> start_and_count(Registry& registry, std::shared_ptr<Sandbox> sandbox, int& stopped, int& failed) {
    auto plan = plan_of(*sandbox, run_folder(registry.host().directories, sandbox->record().id).gate_folder());
    std::vector<SurveyedMount> none;
    try {
        co_await registry.start(sandbox, std::move(plan), std::move(none));
    } catch (const Error& error) {
        ++(error.kind() == ErrorKind::cancelled ? stopped : failed);
    }
}

asio::awaitable<void> start_twenty(Registry& registry, Holding& engine) {
    const int most = static_cast<int>(std::max(2U, std::thread::hardware_concurrency()));
    const int all = most + 18;
    int stopped = 0;
    int failed = 0;
    TaskGroup starts(co_await asio::this_coro::executor, [](std::exception_ptr) { FAIL("a start failed otherwise"); });
    std::vector<std::shared_ptr<Sandbox>> sandboxes;
    for (int i = 0; i < all; ++i) {
        sandboxes.push_back(registry.create("web", false, {}));
        starts.spawn(start_and_count(registry, sandboxes.back(), stopped, failed));
    }
    asio::steady_timer pause(co_await asio::this_coro::executor);
    while (engine.creating < most) {
        pause.expires_after(1ms);
        co_await pause.async_wait(asio::use_awaitable);
    }
    for (int i = 0; i < 10; ++i) {  // those that wait, and the engine answers nobody
        co_await registry.stop(sandboxes.back(), 0s);
        sandboxes.pop_back();
    }
    while (stopped < 10) {
        pause.expires_after(1ms);
        co_await pause.async_wait(asio::use_awaitable);
    }
    CHECK(engine.creating == most);
    CHECK(failed == 0);
    engine.released = true;
    engine.released.notify_all();
    co_await starts.join();
    CHECK(failed == all - 10);
    CHECK(engine.creating == all - 10);
    co_await registry.settle();
}

bool contains(const std::vector<std::string>& lines, const std::string& line) {
    return std::find(lines.begin(), lines.end(), line) != lines.end();
}
bool holds_nothing(const fs::path& folder) { return fs::directory_iterator(folder) == fs::directory_iterator(); }

}  // namespace

TEST_CASE("Registry: names, taken and free, insisted on, and found by prefix") {
    RegistryFixture fixture;
    fixture.run(names);
}

TEST_CASE("Registry: at every moment a sandbox that ran is found, running or finished") {
    RegistryFixture fixture;
    fixture.run(end_one);
}

TEST_CASE("Registry: a sandbox that was never started can be stopped, and is gone") {
    RegistryFixture fixture;
    fixture.run(stop_never_started);
    CHECK(holds_nothing(fixture.directories().state / "sandboxes"));
    CHECK(holds_nothing(fixture.directories().runtime / "sandboxes"));
}

TEST_CASE("Registry: many stops at once, of many and of the same, all return") {
    RegistryFixture fixture;
    fixture.run(stop_many);
    CHECK(holds_nothing(fixture.directories().state / "sandboxes"));
}

TEST_CASE("Registry: a start that fails at whatever step leaves nothing") {
    struct Case {
        const char* step;
        const char* error;
    };
    for (const auto& [step, error] :
         {Case{"create g1", "the sandbox's network: the engine refused to create the container isag-web-"},
          Case{"start g1", "the sandbox's network: the engine refused to start the container: mount source is missing"},
          Case{"run g1", "the sandbox's network: isag-gate ended as it started"},
          Case{"create c1", "the engine refused to create the container isag-web-"},
          Case{"start c1", "the engine refused to start the container: mount source is missing"},
          Case{"run c1", "the sandbox ended as it started"}}) {
        CAPTURE(step);
        Containers containers(step);
        RegistryFixture fixture(containers.script());
        fixture.run(start_fails);
        CHECK(last_error.starts_with(error));
        CHECK_FALSE(containers.left());
        CHECK_FALSE(containers.agent_came_early());  // security.md S5: the gate has its rules before the agent exists
        const auto asked = fixture.engine.fake.asked();
        CHECK(contains(asked, "DELETE /containers/g1") == (std::string(step) != "create g1"));
        const bool agent = std::string(step) == "start c1" || std::string(step) == "run c1";
        CHECK(contains(asked, "DELETE /containers/c1") == agent);
        CHECK(holds_nothing(fixture.directories().state / "sandboxes"));
        CHECK(holds_nothing(fixture.directories().runtime / "sandboxes"));
    }
}

TEST_CASE("Registry: no more start at a time than there are processors, and who waits can be stopped") {
    Holding engine;
    RegistryFixture fixture(engine.script());
    fixture.run([&engine](Registry& registry) { return start_twenty(registry, engine); });
    CHECK(holds_nothing(fixture.directories().state / "sandboxes"));
    CHECK(holds_nothing(fixture.directories().runtime / "sandboxes"));
}

TEST_CASE("Registry: a record whose container is gone is removed, one of another nonce is left alone") {
    Record record;
    record.id = "0123456789ab";
    record.nonce = "ours";
    record.name = "web";
    record.container = "c1";
    record.main = 2;
    RegistryFixture fixture([](const FakeRequest& request, FakeExchange& exchange) {
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
    RegistryFixture fixture;
    fs::create_directories(fixture.directories().runtime / "sandboxes/ffffffffffff/run");
    fixture.run([](Registry&) -> asio::awaitable<void> { co_return; });
    CHECK(holds_nothing(fixture.directories().runtime / "sandboxes"));
}

TEST_CASE("Registry: it ends although the engine is gone, and keeps the record for the next isagd") {
    RegistryFixture fixture;
    fixture.run([&fixture](Registry& registry) -> asio::awaitable<void> {
        registry.create("web", false, {});
        fixture.engine.fake.stop();
        co_return;
    });
    CHECK_FALSE(holds_nothing(fixture.directories().state / "sandboxes"));
}

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/deadline.hpp"
#include "daemon/sandbox/registry.hpp"
#include "tests/daemon/engine/fixture.hpp"
#include <functional>

namespace isag::test {

// A registry whose engine answers by a script, after greetings; "no containers" is what it lists unless told otherwise.
struct RegistryFixture {
    using Body = std::function<boost::asio::awaitable<void>(sandbox::Registry&)>;

    explicit RegistryFixture(FakeEngine::Script script = nullptr)
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
    void run(Body body) { engine.run(whole(std::move(body))); }

    EngineFixture engine;

private:
    boost::asio::awaitable<void> whole(Body body) {
        const auto executor = co_await boost::asio::this_coro::executor;
        engine::EngineHolder holder("unix://" + engine.fake.path().string(), {}, directories());
        sandbox::RecordStore records(directories().state);
        sandbox::FinishedStore finished(directories().state, std::chrono::hours(24));
        firewall::Supply gates(holder, "/bin/true", records.owner());
        const sandbox::Host host{directories(), holder, records, finished, "/bin/true", gates, {}};
        sandbox::Registry registry(executor, host);
        registry.load();
        std::exception_ptr error;
        try {
            auto running = body(registry);
            co_await with_deadline(std::move(running), std::chrono::seconds(60), "the test");
        } catch (...) {
            error = std::current_exception();
        }
        registry.leave_running();
        co_await registry.shutdown();
        if (error) std::rethrow_exception(error);
    }
};

}  // namespace isag::test

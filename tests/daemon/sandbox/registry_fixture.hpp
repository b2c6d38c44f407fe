// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/daemon/engine/fixture.hpp"
#include "tests/daemon/sandbox/with_registry.hpp"
#include <chrono>

namespace isag::test {

// A registry whose engine answers by a script, after greetings; "no containers" is what it lists unless told otherwise.
struct RegistryFixture {
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
    void run(RegistryBody body) {
        RegistryPlace place{engine.fake.path().string(), directories(), "/bin/true", "/bin/true", "/bin/true",
                            std::chrono::seconds(60)};
        engine.run(with_registry(std::move(place), std::move(body)));
    }

    EngineFixture engine;
};

}  // namespace isag::test

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/daemon/gate/running_gate.hpp"

namespace isag::test {

// One thing of each, ready.
struct Scene {
    explicit Scene(std::uint16_t port, std::vector<gate::Rule> rules = {rule("example.com")})
        : fake(everything_there()), gate(std::move(rules)), listener(World::get().listen_there(port)) {
        use(gate, fake);
    }
    FakeResolver fake;
    RunningGate gate;
    UniqueFd listener;
};

}  // namespace isag::test

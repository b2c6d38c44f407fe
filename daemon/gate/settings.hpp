// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include "daemon/gate/shared.hpp"
#include "proto/gate.hpp"
#include <chrono>
#include <optional>
#include <string>

// From messages of isagd's to what a worker decides by, and back. Pure.
namespace isag::gate {

using Clock = std::chrono::steady_clock;

// Puts a configuration in force, in place of the last one and of all live rules. A failure changes nothing.
Result<void> apply(const proto::gate::Configure& message, Shared& shared);
Result<void> apply(const proto::gate::Siblings& message, Shared& shared);
// Makes a live rule.
Result<void> apply(const proto::gate::Change& message, Clock::time_point now, Shared& shared);

// What would become of a connection.
proto::gate::Checked check(const proto::gate::Check& message, const Shared& shared);
// Without names, ruleset and what it can't know.
proto::gate::State state(const Shared& shared, Clock::time_point now);

// All of it as one text for the next worker. The clock (CLOCK_MONOTONIC) goes on meanwhile.
std::string save(const Shared& shared);
Result<void> restore(const std::string& text, Shared& shared);

}  // namespace isag::gate

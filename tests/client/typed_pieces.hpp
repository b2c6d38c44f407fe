// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/detach_keys.hpp"
#include <chrono>
#include <ostream>
#include <string>
#include <vector>

namespace isag::test {

inline const DetachKeys::Time typed_at{};
inline constexpr std::chrono::milliseconds beat{10};

struct Outcome {
    std::string passed;  // to the program
    std::string behind;  // the keys
    bool found = false;
    bool operator==(const Outcome&) const = default;
};
inline std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
    return out << (outcome.found ? "found: " : "not found: ") << outcome.passed << " | " << outcome.behind;
}

// Types the pieces a beat apart, then nothing more.
inline Outcome outcome_of(const std::string& names, const std::vector<std::string>& pieces) {
    DetachKeys keys(names);
    Outcome outcome;
    auto now = typed_at;
    for (const auto& piece : pieces) {
        outcome.passed += keys.expired(now);
        outcome.passed += keys.take(piece, now);
        outcome.passed += keys.take("", now);  // as each turn of the session's loop does
        now += beat;
    }
    while (const auto due = keys.due()) outcome.passed += keys.expired(*due);
    outcome.found = keys.found();
    if (outcome.found) outcome.behind = keys.start_over();
    return outcome;
}

}  // namespace isag::test

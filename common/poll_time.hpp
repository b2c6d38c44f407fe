// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <chrono>
#include <climits>
#include <cstdint>
#include <optional>

namespace isag {

// How long poll(2) has to wait for that time, in milliseconds, rounded up: 0 once it has come, -1 (for ever) for none.
inline int milliseconds_until(std::optional<std::chrono::steady_clock::time_point> time) {
    if (!time) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*time - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, INT_MAX));
}

}  // namespace isag

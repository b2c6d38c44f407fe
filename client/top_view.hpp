// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "proto/api.hpp"
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace isag {

struct TopSample {
    std::chrono::steady_clock::time_point time;
    std::vector<proto::SandboxInfo> sandboxes;
};

// The later ones, the busiest first: their cpu_percent is that of the time between the two samples.
std::vector<proto::SandboxInfo> top_rows(const TopSample& before, const TopSample& after);

// What the sandboxes took between the two samples, the busiest first; now in seconds since the epoch.
std::string top_table(const TopSample& before, const TopSample& after, std::int64_t now);

// The lines of a text as a screen of that size takes them, drawn over what it shows (ECMA-48).
std::string top_screen(const std::string& text, const proto::TerminalSize& size);

}  // namespace isag

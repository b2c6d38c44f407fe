// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "proto/api.hpp"
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace isag {

// The sandboxes as aligned columns under a header; now in seconds since the epoch.
std::string ps_table(const std::vector<proto::SandboxInfo>& sandboxes, std::int64_t now);

// Its header, and the line of one of them, as cells; traffic_cell is where `isag top` has its own, behind the memory.
constexpr std::ptrdiff_t traffic_cell = 6;
std::vector<std::string> ps_header();
std::vector<std::string> ps_row(const proto::SandboxInfo& sandbox, std::int64_t now);

// "12s", "5m", "3h20m", "2d4h"
std::string short_duration(std::int64_t seconds);

// "512B", "1.5MiB"
std::string short_size(std::int64_t bytes);

}  // namespace isag

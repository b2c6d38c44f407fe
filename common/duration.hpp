// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace isag {

// "90s", "10m", "2h", "1d", "1h30m", or seconds alone, as seconds; at most 365 days. Nothing: it is none of these.
std::optional<std::int64_t> parse_duration(std::string_view text);

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

namespace isag {

// "90s", "10m", "2h", "1d", "1h30m", or seconds alone, as seconds; at least one, at most 365 days. Throws Error of kind
// usage that names the option.
std::int64_t duration_argument(const std::string& text, const std::string& option);

// That long ago, in milliseconds since the epoch. Throws as duration_argument().
std::int64_t since_argument(const std::string& text, const std::string& option);

}  // namespace isag

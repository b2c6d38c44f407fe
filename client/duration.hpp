// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

namespace isag {

// As parse_duration() (common/duration.hpp), at least one second. Throws Error of kind usage that names the option.
std::int64_t duration_argument(const std::string& text, const std::string& option);

// In milliseconds since the epoch, as isagd counts.
std::int64_t milliseconds_now();

// That long ago, in milliseconds since the epoch. Throws as duration_argument().
std::int64_t since_argument(const std::string& text, const std::string& option);

}  // namespace isag

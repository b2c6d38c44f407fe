// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

// A time in milliseconds since the epoch.
namespace isag {

// "2026-11-25 10:22:33", as the person's clock shows it.
std::string local_time(std::int64_t milliseconds);

// "2026-11-25T09:22:33.120Z" (RFC 3339).
std::string utc_time(std::int64_t milliseconds);

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#include "client/duration.hpp"
#include "common/duration.hpp"
#include "common/error.hpp"
#include <chrono>

namespace isag {

std::int64_t duration_argument(const std::string& text, const std::string& option) {
    const auto seconds = parse_duration(text);
    if (!seconds || *seconds < 1)
        throw Error("'" + text + "' is no value for " + option, "it takes a time such as 90s, 10m, 2h, 1h30m or 7d",
                    ErrorKind::usage);
    return *seconds;
}

std::int64_t milliseconds_now() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

std::int64_t since_argument(const std::string& text, const std::string& option) {
    return milliseconds_now() - 1000 * duration_argument(text, option);
}

}  // namespace isag

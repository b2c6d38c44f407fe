// SPDX-License-Identifier: Apache-2.0
#include "client/clock_text.hpp"
#include <cstdio>
#include <ctime>

namespace isag {
namespace {

std::string formatted(const std::tm& time, const char* format) {
    char text[64];
    return std::string(text, std::strftime(text, sizeof text, format, &time));
}

}  // namespace

std::string local_time(std::int64_t milliseconds) {
    const auto seconds = static_cast<std::time_t>(milliseconds / 1000);
    std::tm time{};
    return ::localtime_r(&seconds, &time) ? formatted(time, "%Y-%m-%d %H:%M:%S") : std::string("?");
}

std::string utc_time(std::int64_t milliseconds) {
    const auto seconds = static_cast<std::time_t>(milliseconds / 1000);
    std::tm time{};
    if (milliseconds < 0 || !::gmtime_r(&seconds, &time)) return "?";
    char fraction[8];
    std::snprintf(fraction, sizeof fraction, ".%03dZ", static_cast<int>(milliseconds % 1000));
    return formatted(time, "%Y-%m-%dT%H:%M:%S") + fraction;
}

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#include "client/duration.hpp"
#include "common/error.hpp"
#include <charconv>
#include <chrono>
#include <optional>
#include <string_view>

namespace isag {
namespace {

constexpr std::int64_t longest = 365 * 86400;

std::optional<std::int64_t> seconds_in(char unit) {
    switch (unit) {
        case 's':
            return 1;
        case 'm':
            return 60;
        case 'h':
            return 3600;
        case 'd':
            return 86400;
        default:
            return std::nullopt;
    }
}

std::optional<std::int64_t> parse(std::string_view text) {
    std::int64_t sum = 0;
    for (std::int64_t last_unit = longest; !text.empty();) {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc() || number < 0 || number > longest) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        const bool alone = text.empty() && last_unit == longest;
        const auto unit = alone ? std::optional<std::int64_t>(1) : seconds_in(text.empty() ? '\0' : text.front());
        if (!unit || *unit >= last_unit) return std::nullopt;  // 1m2h would be a slip
        if (!alone) text.remove_prefix(1);
        last_unit = *unit;
        sum += number * *unit;
        if (sum > longest) return std::nullopt;
    }
    return sum;
}

}  // namespace

std::int64_t duration_argument(const std::string& text, const std::string& option) {
    const auto seconds = parse(text);
    if (!seconds || *seconds < 1)
        throw Error("'" + text + "' is no value for " + option, "it takes a time such as 90s, 10m, 2h, 1h30m or 7d",
                    ErrorKind::usage);
    return *seconds;
}

std::int64_t since_argument(const std::string& text, const std::string& option) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count() - 1000 * duration_argument(text, option);
}

}  // namespace isag

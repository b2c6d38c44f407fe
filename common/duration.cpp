// SPDX-License-Identifier: Apache-2.0
#include "common/duration.hpp"
#include <charconv>

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

}  // namespace

std::optional<std::int64_t> parse_duration(std::string_view text) {
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

}  // namespace isag

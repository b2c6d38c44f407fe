// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/pen_attribute.hpp"
#include "common/take_field.hpp"
#include <algorithm>
#include <charconv>
#include <cstddef>

namespace isag::terminal {
namespace {

// 0 where there is none.
int number_in(std::string_view text) {
    int number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

// What follows 38, 48 or 58: 5 and an index, or 2 and three values.
std::optional<PenColour> take_colour(std::string_view& text, char separator) {
    const int form = number_in(take_field(text, separator));
    if (form != 2 && form != 5) return std::nullopt;
    const bool has_space = form == 2 && separator == ':' && std::count(text.begin(), text.end(), ':') >= 3;
    if (has_space) take_field(text, separator);
    PenColour colour{form == 5, {}};
    for (std::size_t i = 0; i < (colour.is_indexed ? 1U : 3U); ++i) {
        if (text.empty()) return std::nullopt;
        colour.values[i] = number_in(take_field(text, separator));
        if (colour.values[i] > 255) return std::nullopt;
    }
    return colour;
}

}  // namespace

bool sets_pen(const ControlSequence& sequence) {
    return sequence.kind == ControlSequence::Kind::control && sequence.final == 'm' &&
           sequence.text.find_first_not_of("0123456789;:") == std::string_view::npos;
}

PenAttribute take_attribute(std::string_view& parameters) {
    auto first = take_field(parameters, ';');
    PenAttribute attribute{first, number_in(first), std::nullopt};
    if (!attribute.is_colour()) return attribute;
    if (first.find(':') == first.npos) {
        attribute.colour = take_colour(parameters, ';');
    } else {
        take_field(first, ':');
        attribute.colour = take_colour(first, ':');
    }
    return attribute;
}

}  // namespace isag::terminal

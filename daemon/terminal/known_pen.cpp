// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/known_pen.hpp"
#include "daemon/terminal/pen_attribute.hpp"
#include "daemon/terminal/safe_sequences.hpp"
#include <algorithm>
#include <cstddef>

namespace isag::terminal {
namespace {

bool is_known(const PenAttribute& attribute) {
    if (attribute.number == 58 || attribute.number == 59) return false;
    return !attribute.is_colour() || (attribute.colour && attribute.text.find(':') == std::string_view::npos);
}

bool are_known(std::string_view parameters) {
    const auto is_separator = [](char c) { return c == ';' || c == ':'; };
    const auto separators = std::count_if(parameters.begin(), parameters.end(), is_separator);
    if (static_cast<std::size_t>(separators) >= SafeSequences::most_parameters) return false;
    while (!parameters.empty())
        if (!is_known(take_attribute(parameters))) return false;
    return true;
}

std::string sequence_for(const PenAttribute& attribute) {
    if (attribute.number == 58 || attribute.number == 59) return {};
    if (!attribute.is_colour()) return "\x1b[" + std::string(attribute.text) + "m";
    if (!attribute.colour) return {};
    const auto& values = attribute.colour->values;
    std::string out = "\x1b[" + std::to_string(attribute.number);
    if (attribute.colour->is_indexed)
        out += ";5;" + std::to_string(values[0]);
    else
        out += ";2;" + std::to_string(values[0]) + ";" + std::to_string(values[1]) + ";" + std::to_string(values[2]);
    return out + "m";
}

}  // namespace

std::optional<std::string> known_pen(std::string_view parameters) {
    if (are_known(parameters)) return std::nullopt;
    std::string out;
    do {
        out += sequence_for(take_attribute(parameters));  // one by one: all together may be too many
    } while (!parameters.empty());
    return out;
}

}  // namespace isag::terminal

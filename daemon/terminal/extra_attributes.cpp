// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/extra_attributes.hpp"

namespace isag::terminal {

void ExtraAttributes::take(std::string_view parameters) {
    do {
        const auto attribute = take_attribute(parameters);
        const int number = attribute.number;
        if (number == 0) *this = {};
        if (number == 2 || number == 22) faint = number == 2;
        if (number == 8 || number == 28) concealed = number == 8;
        if (number == 53 || number == 55) overlined = number == 53;
        if (number == 59 || (number == 58 && attribute.colour)) underline = attribute.colour;
    } while (!parameters.empty());
}

void ExtraAttributes::take_font(int font) {
    const auto colour = underline;
    *this = of_font(font);
    underline = colour;
}

std::string ExtraAttributes::underline_sequence() const {
    if (!underline) return {};
    const auto& values = underline->values;
    std::string out = "\x1b[58";
    if (underline->is_indexed)
        out += ":5:" + std::to_string(values[0]);
    else
        out += ":2::" + std::to_string(values[0]) + ":" + std::to_string(values[1]) + ":" + std::to_string(values[2]);
    return out + "m";
}

}  // namespace isag::terminal

// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/extra_attributes.hpp"
#include <algorithm>
#include <charconv>

namespace isag::terminal {
namespace {

// Takes the next parameter off the front, with its subparameters; `colons` says whether there are any.
int take_parameter(std::string_view& parameters, bool& colons) {
    const auto end = std::min(parameters.find(';'), parameters.size());
    const auto parameter = parameters.substr(0, end);
    parameters.remove_prefix(std::min(end + 1, parameters.size()));
    colons = parameter.find(':') != parameter.npos;
    int number = 0;
    std::from_chars(parameter.data(), parameter.data() + parameter.size(), number);
    return number;
}

// 38, 48 and 58 have a colour behind them: 5 and an index, or 2 and three values.
void skip_colour(std::string_view& parameters) {
    bool colons = false;
    const int form = take_parameter(parameters, colons);
    for (int left = form == 5 ? 1 : form == 2 ? 3 : 0; left > 0; --left) take_parameter(parameters, colons);
}

}  // namespace

void ExtraAttributes::take(std::string_view parameters) {
    do {
        bool colons = false;
        const int number = take_parameter(parameters, colons);
        if ((number == 38 || number == 48 || number == 58) && !colons) skip_colour(parameters);
        if (number == 0) *this = {};
        if (number == 2 || number == 22) faint = number == 2;
        if (number == 8 || number == 28) concealed = number == 8;
        if (number == 53 || number == 55) overlined = number == 53;
    } while (!parameters.empty());
}

}  // namespace isag::terminal

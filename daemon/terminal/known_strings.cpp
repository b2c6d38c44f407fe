// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/known_strings.hpp"

namespace isag::terminal {

std::string_view KnownStrings::translate(std::string_view output) {
    constexpr char escape = '\x1b';
    const auto begins_string = [](char c) { return c == 'X' || c == '^' || c == '_'; };
    translated_.clear();
    std::size_t done = 0;
    const auto replace = [&](std::size_t at) {
        translated_.append(output.substr(done, at - done)) += 'P';
        done = at + 1;
    };
    if (output.empty()) return output;
    if (escaped_ && begins_string(output.front())) replace(0);
    for (std::size_t at = output.find(escape); at < output.size(); at = output.find(escape, at + 1))
        if (at + 1 < output.size() && begins_string(output[at + 1])) replace(at + 1);
    escaped_ = output.back() == escape;
    if (done == 0) return output;
    return translated_.append(output.substr(done));
}

}  // namespace isag::terminal

// SPDX-License-Identifier: Apache-2.0
#include "client/cli.hpp"
#include <algorithm>

namespace isag {
namespace {

std::string left_column(const Option& option) {
    const std::string letter = option.letter ? std::string("-") + option.letter + ", " : "    ";
    return letter + "--" + option.name + (option.value.empty() ? "" : " " + option.value);
}

}  // namespace

std::string help_text(const Syntax& syntax) {
    const auto options = all_options(syntax);
    std::size_t width = 0;
    for (const auto& option : options) width = std::max(width, left_column(option).size());

    std::string out = "Usage: isag " + syntax.command + " [OPTION…]";
    if (!syntax.operands.empty()) out += " " + syntax.operands;
    out += "\n\n" + syntax.summary + "\n\nOptions:\n";
    for (const auto& option : options) {
        std::string left = left_column(option);
        left.resize(width, ' ');
        out += "  " + left + "  " + option.help;
        if (!option.fallback.empty()) out += " (default: " + option.fallback + ")";
        if (option.many) out += " (may be repeated)";
        out += "\n";
    }
    out += syntax.examples.size() > 1 ? "\nExamples:\n" : "\nExample:\n";
    for (const auto& example : syntax.examples) out += "  " + example + "\n";
    return out;
}

}  // namespace isag

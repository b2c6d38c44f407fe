// SPDX-License-Identifier: Apache-2.0
#include "client/net_summary.hpp"
#include "client/columns.hpp"
#include "client/net_event.hpp"
#include "common/beginning.hpp"
#include "common/escape.hpp"
#include <algorithm>

namespace isag {
namespace {

constexpr std::size_t most_shown = 6;
constexpr std::size_t most_commands = 4;
constexpr std::size_t longest_why = 90;

std::string clipped(std::string text) {
    if (text.size() <= longest_why) return text;
    return std::string(beginning_of(text, longest_why)) + "…";
}

std::string refusals_text(const proto::net::Summary& summary, const std::string& config) {
    if (summary.refused == 0) return {};
    std::string out = "isag: the network refused " + std::to_string(summary.refused) +
                      (summary.refused == 1 ? " attempt:\n" : " attempts:\n");
    std::vector<std::vector<std::string>> rows;
    for (const auto& event : summary.refusals) {
        if (rows.size() == most_shown) break;
        rows.push_back({std::to_string(event.count) + "x", place_of(event), clipped(escape_controls(event.why))});
    }
    out += columns(rows, "  ");
    if (summary.refusals.size() > rows.size())
        out += "  and " + std::to_string(summary.refusals.size() - rows.size()) + " other places\n";
    if (!summary.remedies.empty()) out += "  allowed from the next run on by:\n";
    for (std::size_t i = 0; i < std::min(summary.remedies.size(), most_commands); ++i)
        out += "    isag net allow " + shell_word(summary.remedies[i]) + " --save -c " + shell_word(config) + "\n";
    return out;
}

std::string learned_text(const proto::net::Summary& summary, const std::string& config) {
    if (!summary.learn) return {};
    const std::string file = escape_controls(config);
    if (summary.learned.empty()) return "isag: learned: nothing was used that " + file + " does not allow already\n";
    const auto& saved = summary.saved;
    std::string out = "isag: learned: " + std::to_string(summary.learned.size()) +
                      (saved && saved->changed ? " added to " + file : " that " + file + " does not allow yet") + ":\n";
    out += "  domains:\n";
    for (const auto& rule : summary.learned) out += "    - " + escape_controls(rule) + "\n";
    if (saved && saved->problem)
        out += "isag: not written: " + escape_controls(*saved->problem) + "\n" +
               (saved->hint ? "  " + escape_controls(*saved->hint) + "\n" : "");
    if (!saved) out += "  (isag run --learn --save writes them)\n";
    return out;
}

}  // namespace

std::string shell_word(const std::string& text) {
    constexpr const char* harmless = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,+@%=";
    if (!text.empty() && text.find_first_not_of(harmless) == std::string::npos) return text;
    std::string out = "'";
    for (const char c : escape_controls(text)) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

std::string net_summary_text(const proto::net::Summary& summary, const std::string& config) {
    return refusals_text(summary, config) + learned_text(summary, config);
}

}  // namespace isag

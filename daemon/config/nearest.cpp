// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/nearest.hpp"
#include <algorithm>

namespace isag::config {
namespace {

constexpr std::size_t most_slips = 2;
constexpr std::size_t longest_word = 64;

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
    for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
    }
    return cost[a.size()][b.size()];
}

std::string nearest_key(const std::string& section, const std::string& name, const std::vector<std::string>& known) {
    if (name.size() > longest_word) return {};
    std::string best;
    std::string elsewhere;
    std::size_t fewest = std::min(most_slips, name.size() / 2) + 1;  // a two-letter word is near to one slip only
    for (const auto& key : known) {
        const std::size_t dot = key.rfind('.');
        const std::string last = dot == std::string::npos ? key : key.substr(dot + 1);
        const std::string parent = dot == std::string::npos ? "" : key.substr(0, dot);
        if (parent != section) {
            if (last == name && elsewhere.empty()) elsewhere = key;
            continue;
        }
        const std::size_t slips = edit_distance(name, last);
        if (slips >= fewest) continue;
        fewest = slips;
        best = key;
    }
    return best.empty() ? elsewhere : best;
}

}  // namespace isag::config

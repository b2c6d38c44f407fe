// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/section.hpp"
#include "daemon/config/nearest.hpp"
#include <algorithm>

namespace isag::config {
namespace {

std::string listed(const std::vector<KeyNames>& keys) {
    std::string out;
    for (const auto& key : keys) out += (out.empty() ? "" : ", ") + key.name;
    return out;
}

void unknown(const Spot& section, const Node& key, const std::vector<KeyNames>& keys) {
    const Reading& reading = section.reading();
    const std::string near = reading.has_enough() ? "" : nearest_key(section.key(), key.text, reading.known_keys);
    const std::string help = near.empty() ? "allowed: " + listed(keys) : "did you mean " + near + "?";
    section.child(key.text, key).wrong("unknown key; " + help);
}

}  // namespace

std::optional<Children> children_of(const Spot& spot, const std::vector<KeyNames>& keys) {
    const auto entries = entries_of(spot, "a map with " + listed(keys));
    if (!entries) return std::nullopt;
    Children out;
    for (const auto& [name, value] : *entries) {
        const auto known = std::find_if(keys.begin(), keys.end(), [&word = name->text](const KeyNames& key) {
            return key.name == word || (!key.other.empty() && key.other == word);
        });
        if (known == keys.end()) {
            unknown(spot, *name, keys);
            continue;
        }
        const auto [first, fresh] = out.emplace(known->name, std::pair(name->text, value));
        if (!fresh)
            spot.child(name->text, *name).wrong("another name for " + first->second.first + ", given too; keep one");
    }
    return out;
}

}  // namespace isag::config

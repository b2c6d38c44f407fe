// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/values.hpp"
#include "common/duration.hpp"
#include "daemon/config/rules.hpp"
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>
#include <set>

namespace isag::config {
namespace {

constexpr std::int64_t least_memory = 6 << 20;  // the engine's own minimum
constexpr double most_processors = 4096;

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

// The number that the whole text is; nothing for an empty text, a sign, or anything around it.
std::optional<std::int64_t> whole_number(std::string_view text) {
    std::int64_t value = 0;
    if (text.empty() || !std::isdigit(static_cast<unsigned char>(text.front()))) return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// The power of two that a unit stands for.
std::optional<int> unit_shift(const std::string& unit) {
    constexpr std::string_view letters = "kmgt";
    if (unit.empty() || unit == "b") return 0;
    const std::size_t place = letters.find(unit.front());
    const std::string rest = unit.substr(1);
    if (place == std::string_view::npos || (!rest.empty() && rest != "b" && rest != "ib")) return std::nullopt;
    return static_cast<int>(place + 1) * 10;
}

std::optional<std::int64_t> bytes(const std::string& text) {
    const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = whole_number(std::string_view(text).substr(0, end));
    const std::size_t unit = std::min(text.find_first_not_of(' ', end), text.size());
    const auto shift = unit_shift(lower(text.substr(unit)));
    if (!number || !shift || *number > (std::numeric_limits<std::int64_t>::max() >> *shift)) return std::nullopt;
    return *number << *shift;
}

}  // namespace

bool Text::read(const Spot& spot, std::string& out) const {
    auto text = spot.text(allowed);
    if (!text) return false;
    if (normalise) text = normalise(*text);
    if (!good(*text)) return spot.refuse(allowed);
    out = *text;
    return true;
}

bool Flag::read(const Spot& spot, bool& out) const {
    constexpr std::array<std::string_view, 3> yes = {"true", "yes", "on"};  // YAML 1.1's words: older files have them
    constexpr std::array<std::string_view, 3> no = {"false", "no", "off"};
    const std::string word = spot.node().is_scalar() ? lower(spot.node().text) : "";
    const bool is_yes = std::find(yes.begin(), yes.end(), word) != yes.end();
    if (!is_yes && std::find(no.begin(), no.end(), word) == no.end()) return spot.refuse("true or false");
    out = is_yes;
    return true;
}

bool Integer::read(const Spot& spot, std::int64_t& out) const {
    const auto value = spot.node().is_scalar() ? whole_number(spot.node().text) : std::nullopt;
    if (!value || *value < least || *value > most)
        return spot.refuse("a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    out = *value;
    return true;
}

bool Processors::read(const Spot& spot, double& out) const {
    const std::string text = spot.node().is_scalar() ? spot.node().text : "";
    double value = -1;
    const bool plain = !text.empty() && text.find_first_not_of("0123456789.") == std::string::npos;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    const bool good = plain && error == std::errc() && end == text.data() + text.size();
    if (!good || (value < 0.01 && value > 0) || value > most_processors)
        return spot.refuse("a number of processors such as 2 or 0.5, from 0.01; 0: all of them");
    out = value;
    return true;
}

Node Processors::write(double value) const {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed).ptr;
    return Node::literal(std::string(text.data(), end));
}

bool Bytes::read(const Spot& spot, std::int64_t& out) const {
    const auto value = spot.node().is_scalar() ? bytes(spot.node().text) : std::nullopt;
    if (!value || (*value != 0 && *value < least_memory))
        return spot.refuse(
            "bytes, or a number with a unit such as 512m or 8g, from 6m; 0: three quarters of the host's");
    out = *value;
    return true;
}

bool Duration::read(const Spot& spot, std::int64_t& out) const {
    const auto value = spot.node().is_scalar() ? parse_duration(spot.node().text) : std::nullopt;
    if (!value) return spot.refuse("a time such as 90s, 10m, 2h or 7d, at most 365d");
    out = *value;
    return true;
}

bool Variables::read(const Spot& spot, std::map<std::string, std::string>& out) const {
    constexpr const char* allowed_name = "a variable's name: letters, digits and _, no digit first";
    constexpr const char* allowed_value = "text, a number or a bool (\"\" for an empty value), without a NUL";
    out.clear();
    if (spot.node().is_null()) return true;
    const auto entries = entries_of(spot, "a map of names to values, or null");
    if (!entries) return false;
    for (const auto& [name, value] : *entries) {
        const Spot entry = spot.child(name->text, *value);
        const bool text = value->is_scalar() && value->text.find('\0') == std::string::npos;
        if (!is_environment_name(name->text)) {
            spot.child(name->text, *name).refuse(allowed_name);
        } else if (!text) {  // a value may be a secret: the message does not repeat it
            entry.wrong("found " + (value->is_scalar() ? "a NUL" : describe(*value)) + "; allowed: " + allowed_value);
        } else {
            out[name->text] = value->text;
        }
    }
    return out.size() == spot.node().items.size();
}

Node Variables::write(const std::map<std::string, std::string>& value) const {
    Node map = Node::map();
    for (const auto& [name, text] : value) map.set(name, Node::string(text));
    return map;
}

std::optional<Entries> entries_of(const Spot& spot, const std::string& allowed) {
    const Node& node = spot.node();
    if (!node.is_map()) {
        spot.refuse(allowed);
        return std::nullopt;
    }
    Entries out;
    std::map<std::string, const Node*> seen;
    for (std::size_t i = 0; i < node.keys.size() && i < node.items.size(); ++i) {
        const Node& key = node.keys[i];
        if (!key.is_scalar()) {
            Spot(key, spot.key(), spot.reading()).wrong("found " + describe(key) + " as a key; allowed: plain names");
            continue;
        }
        const auto [first, fresh] = seen.emplace(key.text, &key);
        if (!fresh) {
            const auto line = std::to_string(first->second->line);
            spot.child(key.text, key).wrong("given twice (first in line " + line + ")");
            continue;
        }
        out.emplace_back(&key, &node.items[i]);
    }
    return out;
}

}  // namespace isag::config

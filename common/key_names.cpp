// SPDX-License-Identifier: Apache-2.0
#include "common/key_names.hpp"
#include <algorithm>

namespace isag {
namespace {

std::optional<Key> parse_key(std::string_view name) {
    if (name.size() == 1 && name[0] > ' ' && name[0] != 0x7f) return Key{name[0], false};
    if (!name.starts_with("ctrl-") || name.size() != 6) return std::nullopt;
    const char c = name[5];
    const bool letter = c >= 'a' && c <= 'z';
    if (!letter && std::string_view("@[\\]^_").find(c) == std::string_view::npos) return std::nullopt;
    return Key{c, true};
}

}  // namespace

std::optional<std::vector<Key>> parse_keys(std::string_view text) {
    std::vector<Key> keys;
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = std::min(text.find(',', begin), text.size());
        const auto key = parse_key(text.substr(begin, end - begin));
        if (!key) return std::nullopt;
        keys.push_back(*key);
        begin = end + 1;
    }
    return keys;
}

}  // namespace isag

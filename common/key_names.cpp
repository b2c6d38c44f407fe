// SPDX-License-Identifier: Apache-2.0
#include "common/key_names.hpp"
#include <algorithm>

namespace isag {
namespace {

// A control key is a byte, or where a program has asked for it an escape sequence: of kitty's keyboard protocol, or of
// xterm's modifyOtherKeys. (5: Control.)
std::vector<std::string> forms_of(const std::string& key) {
    if (key.size() == 1 && key[0] > ' ' && key[0] != 0x7f) return {key};
    if (!key.starts_with("ctrl-") || key.size() != 6) return {};
    const char c = key[5];
    const bool letter = c >= 'a' && c <= 'z';
    if (!letter && std::string("@[\\]^_").find(c) == std::string::npos) return {};
    const std::string number = std::to_string(static_cast<int>(c));
    return {std::string(1, static_cast<char>(c & 0x1f)), "\x1b[" + number + ";5u", "\x1b[" + number + ";5:1u",
            "\x1b[27;5;" + number + "~"};
}

}  // namespace

std::optional<std::vector<std::vector<std::string>>> parse_keys(std::string_view text) {
    std::vector<std::vector<std::string>> keys;
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = std::min(text.find(',', begin), text.size());
        keys.push_back(forms_of(std::string(text.substr(begin, end - begin))));
        if (keys.back().empty()) return std::nullopt;
        begin = end + 1;
    }
    return keys;
}

}  // namespace isag

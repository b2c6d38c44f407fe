// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/name.hpp"
#include "common/escape.hpp"
#include <algorithm>

namespace isag::gate {
namespace {

constexpr std::size_t max_name = 253;
constexpr std::size_t max_label = 63;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }
bool is_name_byte(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// A name whose last label is a number is an IPv4 address to some programs (URL Standard, "ends in a number").
bool is_number(std::string_view label) {
    if (label.starts_with("0x")) return std::all_of(label.begin() + 2, label.end(), is_hex);
    return std::all_of(label.begin(), label.end(), is_digit);
}

Failure refuse(std::string_view text, const char* why) {
    return Failure{"\"" + escape_controls(text.substr(0, max_name)) + "\" " + why};
}

}  // namespace

Result<std::string> normalize_name(std::string_view text) {
    std::string_view body = text;
    if (body.ends_with('.')) body.remove_suffix(1);
    if (body.empty()) return refuse(text, "is no domain name");
    if (body.size() > max_name) return refuse(text, "is longer than 253 bytes");

    std::string name(body.size(), '\0');
    std::transform(body.begin(), body.end(), name.begin(), lower);
    std::string_view last;
    for (std::size_t begin = 0; begin <= name.size();) {
        const std::size_t end = std::min(name.find('.', begin), name.size());
        last = std::string_view(name).substr(begin, end - begin);
        if (last.empty()) return refuse(text, "has an empty label");
        if (last.size() > max_label) return refuse(text, "has a label longer than 63 bytes");
        if (!std::all_of(last.begin(), last.end(), is_name_byte))
            return refuse(text, "has a byte that no host name has");
        begin = end + 1;
    }
    if (is_number(last)) return refuse(text, "is an address, not a name");
    return name;
}

}  // namespace isag::gate

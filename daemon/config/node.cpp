// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/node.hpp"
#include "common/beginning.hpp"
#include "common/escape.hpp"
#include <algorithm>
#include <array>
#include <utility>

namespace isag::config {
namespace {

constexpr std::size_t longest_quote = 80;  // bytes of a value that a message repeats

Node of_kind(Node::Kind kind) {
    Node node;
    node.kind = kind;
    return node;
}

}  // namespace

void Node::set(std::string key, Node value) {
    keys.push_back(string(std::move(key)));
    items.push_back(std::move(value));
}

Node Node::string(std::string text) {
    Node node = of_kind(Kind::scalar);
    node.text = std::move(text);
    return node;
}

Node Node::literal(std::string text) {
    Node node = string(std::move(text));
    node.plain = true;
    return node;
}

Node Node::list() { return of_kind(Kind::list); }
Node Node::map() { return of_kind(Kind::map); }

std::string shown(std::string_view text) {
    if (text.size() <= longest_quote) return escape_controls(text);
    return escape_controls(beginning_of(text, longest_quote)) + "…";
}

std::string describe(const Node& node) {
    switch (node.kind) {
        case Node::Kind::null:
            return "null";
        case Node::Kind::list:
            return "a list";
        case Node::Kind::map:
            return "a map";
        case Node::Kind::scalar:
            break;
    }
    return '"' + shown(node.text) + '"';
}

bool looks_special(const std::string& text) {
    constexpr std::array words = {"", "~", "null", ".inf", ".nan", "true", "false", "yes", "no", "on", "off", "y", "n"};
    std::string lower = text;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
    if (std::find(words.begin(), words.end(), lower) != words.end()) return true;
    const bool digits = text.find_first_of("0123456789") != std::string::npos;
    return digits &&
           text.find_first_not_of("0123456789.+-_eExXoO:abcdefABCDEF") == std::string::npos;  // may be a number
}

}  // namespace isag::config

// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/emit.hpp"
#include "daemon/config/keys.hpp"
#include "daemon/config/load.hpp"
#include <cstdio>
#include <nlohmann/json.hpp>

namespace isag::config {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Node& node) {
    switch (node.kind) {
        case Node::Kind::null:
            break;
        case Node::Kind::scalar:
            return node.plain ? Json::parse(node.text) : Json(node.text);
        case Node::Kind::list: {
            Json list = Json::array();
            for (const auto& item : node.items) list.push_back(json_of(item));
            return list;
        }
        case Node::Kind::map: {
            Json map = Json::object();
            for (std::size_t i = 0; i < node.keys.size(); ++i) map[node.keys[i].text] = json_of(node.items[i]);
            return map;
        }
    }
    return nullptr;
}

bool needs_quotes(const std::string& text) {
    constexpr const char* harmless =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./~+@=,^:$-";  // a : only inside a word
    return looks_special(text) || text.find_first_not_of(harmless) != std::string::npos || text.front() == '-' ||
           text.front() == '=' || text.front() == ',' || text.front() == ':' || text.front() == '@' ||
           text.back() == ':';
}

std::string in_quotes(const std::string& text) {
    std::string out = "\"";
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const bool c1 = byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;
        char hex[5];
        if (byte == '"' || byte == '\\') {
            out += '\\';
            out += text[i];
        } else if (byte < 0x20 || byte == 0x7f || c1) {  // U+0080 to U+009F: the second byte is the code point
            if (c1) ++i;
            std::snprintf(hex, sizeof hex, "\\x%02x", static_cast<unsigned char>(text[i]));
            out += hex;
        } else {
            out += text[i];
        }
    }
    return out + '"';
}

std::string inline_text(const Node& node) {
    if (node.is_list()) return "[]";
    if (node.is_map()) return "{}";
    if (node.is_null()) return "null";
    return node.plain ? node.text : yaml_scalar(node.text);
}

void emit(const Node& node, const std::string& indent, std::string& out);

// What follows "key:" or "-": on the same line where it fits there, else below, deeper.
void emit_value(const Node& node, const std::string& indent, std::string& out) {
    if (node.items.empty()) {
        out += " " + inline_text(node) + "\n";
        return;
    }
    out += "\n";
    emit(node, indent + "  ", out);
}

void emit(const Node& node, const std::string& indent, std::string& out) {
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        out += indent + (node.is_map() ? yaml_scalar(node.keys[i].text) + ":" : "-");
        emit_value(node.items[i], indent, out);
    }
}

}  // namespace

std::string yaml_scalar(const std::string& text) { return needs_quotes(text) ? in_quotes(text) : text; }

std::string to_yaml(const Config& config) {
    std::string out;
    emit(all_keys().write(config), "", out);
    return out;
}

std::string to_json(const Config& config) { return json_of(all_keys().write(config)).dump(2); }

}  // namespace isag::config

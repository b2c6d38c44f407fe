// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace isag::config {

// A piece of a YAML document and its place in the file, free of any YAML library. A scalar keeps the text that it was
// written as: 3.10 stays "3.10".
struct Node {
    enum class Kind { null, scalar, list, map };

    Kind kind = Kind::null;
    std::string text;         // of a scalar
    bool plain = false;       // of a scalar: written without quotes, so it may be a number or a bool
    std::int64_t line = 0;    // from 1; 0: not from a file
    std::int64_t column = 0;  // from 1, in bytes
    std::vector<Node> items;  // of a list; of a map its values
    std::vector<Node> keys;   // of a map: keys[i] names items[i]

    bool is_null() const { return kind == Kind::null; }
    bool is_scalar() const { return kind == Kind::scalar; }
    bool is_list() const { return kind == Kind::list; }
    bool is_map() const { return kind == Kind::map; }

    // For a map: appends an entry.
    void set(std::string key, Node value);

    static Node string(std::string text);   // always text, whatever it looks like
    static Node literal(std::string text);  // a number, true or false
    static Node list();
    static Node map();
};

// Text of a file as a message may hold it: escaped and cut to a readable length.
std::string shown(std::string_view text);

// What a person would call it, with its text shown(): "3.12", a map, null.
std::string describe(const Node& node);

// True where a scalar with this text needs quotes to be read back as text.
bool looks_special(const std::string& text);

}  // namespace isag::config

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/config/node.hpp"
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace isag::config {

// Where things are in the text of a YAML file whose Nodes are known. Positions are in bytes. Borrows the text.
class YamlText {
public:
    explicit YamlText(std::string_view text);

    // The node's first byte; nothing where the node has an anchor, a tag, or is an alias.
    std::optional<std::size_t> begin(const Node& node) const;
    // Behind the node's last byte; nothing where that can't be told. `flow`: it stands inside [] or {}.
    std::optional<std::size_t> end(const Node& node, bool flow) const;
    // Behind the bracket that closes the one at `open`.
    std::optional<std::size_t> closing(std::size_t open) const;

    std::size_t line_begin(std::size_t position) const;
    std::size_t line_end(std::size_t position) const;  // behind its newline
    // From the line's begin to the position there are only spaces.
    bool first_on_line(std::size_t position) const;
    // From the position to the line's end there are only spaces or a comment.
    bool last_on_line(std::size_t position) const;
    // The last byte before `position`, and not before `from`, that is no space, newline or comment.
    std::optional<std::size_t> last_before(std::size_t position, std::size_t from) const;

    std::string_view text() const { return text_; }
    char at(std::size_t position) const { return position < text_.size() ? text_[position] : '\0'; }
    // "\r\n" where the first line ends so.
    const char* newline() const { return newline_; }

private:
    std::size_t after_quoted(std::size_t open) const;
    std::size_t after_comment(std::size_t hash) const;
    bool is_comment(std::size_t position) const;

    std::string_view text_;
    std::vector<std::size_t> lines_;
    const char* newline_ = "\n";
};

}  // namespace isag::config

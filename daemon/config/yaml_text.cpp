// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/yaml_text.hpp"
#include <algorithm>

namespace isag::config {
namespace {

constexpr std::string_view blanks = " \t\r\n";

bool is_blank(char c) { return blanks.find(c) != std::string_view::npos; }

}  // namespace

YamlText::YamlText(std::string_view text) : text_(text), lines_{0} {
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] == '\n') lines_.push_back(i + 1);
    if (lines_.size() > 1 && lines_[1] >= 2 && text[lines_[1] - 2] == '\r') newline_ = "\r\n";
}

std::optional<std::size_t> YamlText::begin(const Node& node) const {
    const auto line = static_cast<std::size_t>(node.line);
    if (line < 1 || line > lines_.size()) return std::nullopt;
    const std::size_t position = lines_[line - 1] + static_cast<std::size_t>(node.column) - 1;
    if (position >= text_.size() || std::string_view("&*!|>").find(text_[position]) != std::string_view::npos)
        return std::nullopt;
    return position;
}

std::optional<std::size_t> YamlText::end(const Node& node, bool flow) const {
    const auto first = begin(node);
    if (!first) return std::nullopt;
    const char c = text_[*first];
    if (c == '[' || c == '{') return closing(*first);
    if (!node.is_scalar()) return node.items.empty() ? std::nullopt : end(node.items.back(), flow);
    if (c == '"' || c == '\'') return after_quoted(*first);
    const auto stop = text_.find_first_of(flow ? " \t\r\n,]}" : " \t\r\n", *first);
    return std::min(stop, text_.size());
}

// A ' inside '…' is written twice, which reads as two quoted pieces here: the end is the same.
std::size_t YamlText::after_quoted(std::size_t open) const {
    const char quote = text_[open];
    for (std::size_t i = open + 1; i < text_.size(); ++i) {
        if (quote == '"' && text_[i] == '\\')
            ++i;
        else if (text_[i] == quote)
            return quote == '\'' && at(i + 1) == '\'' ? after_quoted(i + 1) : i + 1;
    }
    return text_.size();
}

bool YamlText::is_comment(std::size_t position) const {
    return text_[position] == '#' && (position == 0 || is_blank(text_[position - 1]));
}

std::size_t YamlText::after_comment(std::size_t hash) const { return std::min(text_.find('\n', hash), text_.size()); }

std::optional<std::size_t> YamlText::closing(std::size_t open) const {
    std::size_t depth = 0;
    for (std::size_t i = open; i < text_.size();) {
        const char c = text_[i];
        const bool starts_value =
            i > open && (is_blank(text_[i - 1]) || text_.substr(i - 1, 1).find_first_of("[{,:") == 0);
        if (is_comment(i)) {
            i = after_comment(i);
            continue;
        }
        if ((c == '"' || c == '\'') && starts_value) {
            i = after_quoted(i);
            continue;
        }
        if (c == '[' || c == '{') ++depth;
        if ((c == ']' || c == '}') && --depth == 0) return i + 1;
        ++i;
    }
    return std::nullopt;
}

std::size_t YamlText::line_begin(std::size_t position) const {
    return *(std::upper_bound(lines_.begin(), lines_.end(), position) - 1);
}

std::size_t YamlText::line_end(std::size_t position) const {
    const auto newline = text_.find('\n', position);
    return newline == std::string_view::npos ? text_.size() : newline + 1;
}

bool YamlText::first_on_line(std::size_t position) const {
    const auto start = line_begin(position);
    return text_.substr(start, position - start).find_first_not_of(' ') == std::string_view::npos;
}

bool YamlText::last_on_line(std::size_t position) const {
    const auto next = std::min(text_.find_first_not_of(" \t\r", position), text_.size());
    return next == text_.size() || text_[next] == '\n' || is_comment(next);
}

std::optional<std::size_t> YamlText::last_before(std::size_t position, std::size_t from) const {
    std::optional<std::size_t> last;
    for (std::size_t i = from; i < position;) {
        if (is_comment(i)) {
            i = after_comment(i);
            continue;
        }
        if (!is_blank(text_[i])) last = i;
        ++i;
    }
    return last;
}

}  // namespace isag::config

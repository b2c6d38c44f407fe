// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/domain_list.hpp"
#include "daemon/config/emit.hpp"
#include "daemon/config/yaml_text.hpp"

namespace isag::config {
namespace {

using EditedText = std::optional<std::string>;
using Domains = std::vector<std::string>;

// The value of a map's key, and the key itself.
struct Entry {
    const Node* key = nullptr;
    const Node* value = nullptr;
};

Entry find(const Node& map, std::string_view name) {
    for (std::size_t i = 0; i < map.keys.size(); ++i)
        if (map.keys[i].text == name) return {&map.keys[i], &map.items[i]};
    return {};
}

std::string in_block(const std::string& entry) { return yaml_scalar(entry); }

std::string in_flow(const std::string& entry) {
    const std::string scalar = yaml_scalar(entry);
    return scalar.find(',') == std::string::npos || scalar.front() == '"' ? scalar : '"' + scalar + '"';
}

std::string block_lines(const Domains& entries, std::size_t indent, const std::string& newline) {
    std::string out;
    for (const auto& entry : entries) out += std::string(indent, ' ') + "- " + in_block(entry) + newline;
    return out;
}

std::string flow_list(const Domains& entries) {
    std::string out;
    for (const auto& entry : entries) out += (out.empty() ? "" : ", ") + in_flow(entry);
    return out;
}

std::string with(std::string_view text, std::size_t position, std::string_view what) {
    return std::string(text.substr(0, position)) + std::string(what) + std::string(text.substr(position));
}

std::string without(std::string_view text, std::size_t first, std::size_t end) {
    return std::string(text.substr(0, first)) + std::string(text.substr(end));
}

// Whole lines put at a line's begin; where the file's last line has no newline, the new last one has none either.
std::string with_lines(const YamlText& yaml, std::size_t position, std::string lines) {
    const std::string newline = yaml.newline();
    if (position == yaml.text().size() && !yaml.text().empty() && !yaml.text().ends_with('\n')) {
        lines.erase(lines.size() - newline.size());
        lines.insert(0, newline);
    }
    return with(yaml.text(), position, lines);
}

EditedText append_to_block(const YamlText& yaml, const Node& list, const Domains& entries) {
    const auto end = yaml.end(list.items.back(), false);
    if (!end) return std::nullopt;
    const auto indent = static_cast<std::size_t>(list.column) - 1;
    return with_lines(yaml, yaml.line_end(*end), block_lines(entries, indent, yaml.newline()));
}

// One entry a line, as those before stand.
EditedText append_lines_to_flow(const YamlText& yaml, std::size_t last, const std::string& indent,
                                const Domains& entries) {
    const bool comma = yaml.at(last) == ',';
    std::string lines;
    for (std::size_t i = 0; i < entries.size(); ++i)
        lines += indent + in_flow(entries[i]) + (comma || i + 1 < entries.size() ? "," : "") + yaml.newline();
    std::string out = with(yaml.text(), yaml.line_end(last), lines);
    if (!comma) out.insert(last + 1, ",");
    return out;
}

EditedText append_to_flow(const YamlText& yaml, const Node& list, std::size_t open, const Domains& entries) {
    const auto end = yaml.closing(open);
    if (!end) return std::nullopt;
    if (list.items.empty()) return with(yaml.text(), open + 1, flow_list(entries));
    const auto begin = yaml.begin(list.items.back());
    const auto last = yaml.last_before(*end - 1, open + 1);
    if (!begin || !last) return std::nullopt;
    if (yaml.first_on_line(*begin) && yaml.last_on_line(*last + 1)) {
        const auto line = yaml.line_begin(*begin);
        return append_lines_to_flow(yaml, *last, std::string(*begin - line, ' '), entries);
    }
    const std::string separator = yaml.at(*last) == ',' ? " " : ", ";
    return with(yaml.text(), *last + 1, separator + flow_list(entries));
}

// limit_network has no such key: it comes first, right below limit_network itself.
EditedText new_list(const YamlText& yaml, const Entry& network, const Domains& entries) {
    const auto begin = yaml.begin(*network.value);
    const auto key = yaml.begin(*network.key);
    if (!begin || !key) return std::nullopt;
    if (yaml.at(*begin) == '{') {
        const std::string rest = network.value->items.empty() ? "" : ", ";
        return with(yaml.text(), *begin + 1, "domains: [" + flow_list(entries) + "]" + rest);
    }
    const auto indent = static_cast<std::size_t>(network.value->column) - 1;
    const std::string newline = yaml.newline();
    const std::string lines = std::string(indent, ' ') + "domains:" +
                              (entries.empty() ? " []" + newline : newline + block_lines(entries, indent + 2, newline));
    return with_lines(yaml, yaml.line_end(*key), lines);
}

EditedText new_section(const YamlText& yaml, const Domains& entries) {
    const std::string newline = yaml.newline();
    const std::string lines =
        entries.empty() ? "  domains: []" + newline : "  domains:" + newline + block_lines(entries, 4, newline);
    return with_lines(yaml, yaml.text().size(), "limit_network:" + newline + lines);
}

EditedText remove_from_block(const YamlText& yaml, const Node& list, const Node& key, std::size_t index) {
    const auto begin = yaml.begin(list.items[index]);
    const auto end = yaml.end(list.items[index], false);
    if (!begin || !end) return std::nullopt;
    // Its dash is on this line or above.
    const auto column = static_cast<std::size_t>(list.column) - 1;
    auto line = yaml.line_begin(*begin);
    while (yaml.at(line + column) != '-' || !yaml.first_on_line(line + column)) {
        if (line == 0) return std::nullopt;
        line = yaml.line_begin(line - 1);
    }
    std::string out = without(yaml.text(), line, yaml.line_end(*end));
    if (list.items.size() > 1) return out;
    const auto name = yaml.end(key, false);
    if (!name) return std::nullopt;
    const auto colon = out.rfind(':', *name);  // a plain key's end is behind it
    if (colon == std::string::npos || colon >= line) return std::nullopt;
    return out.insert(colon + 1, " []");
}

EditedText remove_from_flow(const YamlText& yaml, const Node& list, std::size_t index) {
    const auto begin = yaml.begin(list.items[index]);
    const auto end = yaml.end(list.items[index], true);
    if (!begin || !end) return std::nullopt;
    const auto next = yaml.text().find_first_not_of(" \t\r\n", *end);
    const bool comma = yaml.at(next) == ',';
    const std::size_t behind = comma ? next + 1 : *end;
    if (yaml.first_on_line(*begin) && yaml.last_on_line(behind) && yaml.line_begin(behind) == yaml.line_begin(*begin))
        return without(yaml.text(), yaml.line_begin(*begin), yaml.line_end(behind));
    if (index + 1 < list.items.size()) {
        const auto follower = yaml.begin(list.items[index + 1]);
        if (!follower) return std::nullopt;
        const bool same_line = yaml.line_begin(*follower) == yaml.line_begin(*begin);
        return without(yaml.text(), *begin, same_line ? *follower : behind);
    }
    if (index == 0) return without(yaml.text(), *begin, behind);
    const auto before = yaml.end(list.items[index - 1], true);
    if (!before || yaml.line_begin(*before) != yaml.line_begin(*begin)) return without(yaml.text(), *begin, behind);
    return without(yaml.text(), *before, *end);
}

}  // namespace

EditedText append_to_domain_list(std::string_view text, const Node& root, const Domains& entries,
                                 const Domains& defaults) {
    const YamlText yaml(text);
    Domains all = defaults;
    all.insert(all.end(), entries.begin(), entries.end());
    const Entry network = find(root, "limit_network");
    if (!network.value) return new_section(yaml, all);
    const Entry domains = find(*network.value, "domains");
    if (!domains.value) return new_list(yaml, network, all);
    const auto begin = yaml.begin(*domains.value);
    if (!begin || !yaml.begin(*network.value)) return std::nullopt;
    if (yaml.at(*begin) == '[') return append_to_flow(yaml, *domains.value, *begin, entries);
    return append_to_block(yaml, *domains.value, entries);
}

EditedText remove_from_domain_list(std::string_view text, const Node& root, std::size_t index,
                                   const Domains& defaults) {
    const YamlText yaml(text);
    Domains others = defaults;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(index));
    const Entry network = find(root, "limit_network");
    if (!network.value) return new_section(yaml, others);
    const Entry domains = find(*network.value, "domains");
    if (!domains.value) return new_list(yaml, network, others);
    const auto begin = yaml.begin(*domains.value);
    if (!begin || !yaml.begin(*network.value)) return std::nullopt;
    if (yaml.at(*begin) == '[') return remove_from_flow(yaml, *domains.value, index);
    return remove_from_block(yaml, *domains.value, *domains.key, index);
}

}  // namespace isag::config

// SPDX-License-Identifier: Apache-2.0
#include "client/completion.hpp"
#include <algorithm>
#include <optional>
#include <sstream>

namespace isag {
namespace {

void offer(Completion& out, const std::string& current, const std::string& word, const std::string& help = {}) {
    const auto is_same = [&](const auto& candidate) { return candidate.word == word; };
    if (word.starts_with(current) && std::none_of(out.candidates.begin(), out.candidates.end(), is_same))
        out.candidates.push_back({word, help});
}

// The n-th word of each command whose name begins with `before`.
Completion command_words(const std::vector<Command>& table, const std::string& before, const std::string& current) {
    Completion out;
    for (const auto& command : table) {
        const std::string name = command.name;
        if (!name.starts_with(before)) continue;
        const std::string left = name.substr(before.size());
        const auto space = left.find(' ');
        offer(out, current, left.substr(0, space), space == std::string::npos ? command.summary : "commands");
    }
    return out;
}

// "[NAME…]" as "NAME", and whether it may be repeated.
struct Placeholder {
    std::string text;
    bool repeats = false;
};

std::vector<Placeholder> placeholders_of(const std::string& operands) {
    std::vector<Placeholder> out;
    std::istringstream words(operands);
    for (std::string word; words >> word;) {
        if (word == "[--]") continue;
        Placeholder placeholder;
        if (const auto dots = word.find("…"); dots != std::string::npos) {
            placeholder.repeats = true;
            word.erase(dots, std::string("…").size());
        }
        word.erase(std::remove_if(word.begin(), word.end(), [](char c) { return c == '[' || c == ']'; }), word.end());
        placeholder.text = word;
        out.push_back(placeholder);
    }
    return out;
}

Completion values_for(const std::string& placeholder, const std::string& current, const std::string& before = {}) {
    Completion out;
    out.before = before;
    if (placeholder == "NAME") {
        out.sandboxes = true;
    } else if (placeholder == "FILE" || placeholder == "PATH") {
        out.files = true;
    } else if (placeholder == "SRC" || placeholder == "DST") {
        const bool is_inside = current.find(':') < current.find('/');
        out.files = !is_inside;
        out.sandboxes = !is_inside;
        out.behind = ":";
    } else if (placeholder.find('|') != std::string::npos) {
        std::istringstream words(placeholder);
        for (std::string word; std::getline(words, word, '|');) offer(out, before + current, before + word);
    }
    return out;
}

Completion values_of(const Option& option, const std::string& current, const std::string& before = {}) {
    const bool is_new_name = option.name == "name";
    return values_for(is_new_name ? "" : option.value, current, before);
}

// The option that has its value in the word behind this one.
std::optional<Option> waiting_option(const std::vector<Option>& options, const std::string& word) {
    for (const auto& option : options) {
        if (option.value.empty()) continue;
        if (word == "--" + option.name) return option;
        const bool is_letters = word.size() > 1 && word[0] == '-' && word[1] != '-';
        if (is_letters && option.letter && word.find(option.letter, 1) == word.size() - 1) return option;
    }
    return std::nullopt;
}

Completion option_words(const std::vector<Option>& options, const std::string& current) {
    if (const auto equals = current.find('='); equals != std::string::npos) {
        for (const auto& option : options)
            if (!option.value.empty() && current.substr(0, equals) == "--" + option.name)
                return values_of(option, current.substr(equals + 1), current.substr(0, equals + 1));
        return {};
    }
    Completion out;
    for (const auto& option : options) offer(out, current, "--" + option.name, option.help);
    return out;
}

// The words behind the command's own.
Completion argument_words(const Syntax& syntax, const std::vector<std::string>& words) {
    const auto options = all_options(syntax);
    const std::string& current = words.back();
    std::size_t operands = 0;
    bool only_operands = false;
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        const std::string& word = words[i];
        if (!only_operands && word == "--") {
            only_operands = true;
        } else if (only_operands || word.size() < 2 || word[0] != '-') {
            ++operands;
            if (syntax.kind == Operands::rest || (syntax.kind == Operands::name && operands > 1)) only_operands = true;
        } else if (const auto option = waiting_option(options, word)) {
            if (++i + 1 == words.size()) return values_of(*option, current);
        }
    }
    if (!only_operands && current.starts_with('-')) return option_words(options, current);
    const auto placeholders = placeholders_of(syntax.operands);
    if (placeholders.empty()) return {};
    if (operands < placeholders.size()) return values_for(placeholders[operands].text, current);
    return placeholders.back().repeats ? values_for(placeholders.back().text, current) : Completion();
}

bool is_first_word_of_two(const std::vector<Command>& table, const std::string& word) {
    return std::any_of(table.begin(), table.end(),
                       [&](const auto& command) { return std::string(command.name).starts_with(word + " "); });
}

}  // namespace

Completion complete_words(const std::vector<Command>& table, const std::vector<std::string>& words) {
    if (words.empty()) return {};
    const std::string& first = words[0];
    if (words.size() == 1) {
        Completion out = command_words(table, "", first);
        offer(out, first, "help", "print a command's help");
        if (!first.starts_with('-')) return out;
        offer(out, first, "--help", "print the commands");
        offer(out, first, "--version", "print the version, and the running daemon's");
        return out;
    }
    if (first == "help")
        return words.size() > 3 ? Completion() : complete_words(table, {words.begin() + 1, words.end()});
    const bool is_group = is_first_word_of_two(table, first);
    if (is_group && words.size() == 2) return command_words(table, first + " ", words[1]);
    const std::string name = is_group ? first + " " + words[1] : first;
    for (const auto& command : table)
        if (command.name == name)
            return argument_words(command.syntax(), {words.begin() + (is_group ? 2 : 1), words.end()});
    return {};
}

}  // namespace isag

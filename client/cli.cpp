// SPDX-License-Identifier: Apache-2.0
#include "client/cli.hpp"
#include "client/nearest.hpp"
#include "common/error.hpp"
#include <algorithm>
#include <boost/program_options.hpp>
#include <cassert>
#include <charconv>

namespace isag {
namespace po = boost::program_options;
namespace {

Error usage_error(const Syntax& syntax, const std::string& message, const std::string& hint = {}) {
    return Error(message, (hint.empty() ? "" : hint + "; ") + ("'isag " + syntax.command + " --help' shows the usage"),
                 ErrorKind::usage);
}

const Option* by_name(const std::vector<Option>& options, std::string_view name) {
    const auto it = std::find_if(options.begin(), options.end(), [&](const Option& o) { return o.name == name; });
    return it == options.end() ? nullptr : &*it;
}

const Option* by_letter(const std::vector<Option>& options, char letter) {
    const auto it = std::find_if(options.begin(), options.end(), [&](const Option& o) { return o.letter == letter; });
    return it == options.end() ? nullptr : &*it;
}

// True where the option that ends this token has its value in the next one: "-c", "-vc", "--config".
bool value_follows(const std::vector<Option>& options, std::string_view token) {
    if (token.starts_with("--")) {
        const Option* option = by_name(options, token.substr(2));
        return option && !option->value.empty();
    }
    for (std::size_t i = 1; i < token.size(); ++i) {
        const Option* option = by_letter(options, token[i]);
        if (!option) return false;
        if (!option->value.empty()) return i + 1 == token.size();
    }
    return false;
}

struct Split {
    std::vector<std::string> options;
    std::vector<std::string> operands;
    std::optional<std::string> name;
};

// "--container web", "--container=web"
bool stands_for_name(const std::vector<Option>& options, std::string_view token) {
    if (!token.starts_with("--")) return false;
    const Option* option = by_name(options, token.substr(2, token.find('=') - 2));
    return option && option->is_name;
}

// Of "--detach-keys=" "--detach-keys": Boost takes an empty value as a word of its own only.
std::optional<std::string> emptied(const std::vector<Option>& options, const std::string& token) {
    if (!token.starts_with("--") || !token.ends_with('=')) return std::nullopt;
    const std::string bare = token.substr(0, token.size() - 1);
    return value_follows(options, bare) ? std::optional(bare) : std::nullopt;
}

// Tells options from operands, which Boost can't do where the first operand ends the options.
Split split(const Syntax& syntax, const std::vector<Option>& options, const std::vector<std::string>& arguments) {
    Split out;
    bool may_be_name = syntax.kind == Operands::name;
    for (auto it = arguments.begin(); it != arguments.end(); ++it) {
        if (*it == "--") {
            out.operands.insert(out.operands.end(), it + 1, arguments.end());
            break;
        }
        if (it->size() < 2 || !it->starts_with('-')) {
            if (std::exchange(may_be_name, false)) {
                out.name = *it;
                continue;
            }
            if (syntax.kind == Operands::rest || syntax.kind == Operands::name) {
                out.operands.assign(it, arguments.end());
                break;
            }
            out.operands.push_back(*it);
            continue;
        }
        if (stands_for_name(options, *it)) may_be_name = false;
        if (const auto bare = emptied(options, *it)) {
            out.options.insert(out.options.end(), {*bare, ""});
            continue;
        }
        out.options.push_back(*it);
        if (value_follows(options, *it) && it + 1 != arguments.end()) out.options.push_back(*++it);
    }
    return out;
}

po::options_description describe(const std::vector<Option>& options) {
    po::options_description out;
    for (const auto& option : options) {
        const std::string names = option.letter ? option.name + "," + option.letter : option.name;
        if (option.value.empty())
            out.add_options()(names.c_str(), "");
        else
            out.add_options()(names.c_str(), po::value<std::string>(), "");
    }
    return out;
}

Error unknown_option(const Syntax& syntax, const std::vector<Option>& options, const std::string& given) {
    std::vector<std::string> known;
    for (const auto& option : options) known.push_back(option.name);
    const std::string bare = given.substr(std::min(given.find_first_not_of('-'), given.size()));
    const auto near = bare.size() > 1 ? nearest(bare.substr(0, bare.find('=')), known) : std::nullopt;
    const std::string hint = near ? "did you mean '--" + *near + "'?" : syntax.elsewhere;
    return usage_error(syntax, "unknown option '" + given + "'", hint);
}

std::vector<po::option> parse_options(const Syntax& syntax, const std::vector<Option>& options,
                                      const std::vector<std::string>& tokens) {
    const auto description = describe(options);
    try {
        using namespace po::command_line_style;
        const int style = unix_style & ~allow_guessing;
        return po::command_line_parser(tokens).options(description).style(style).run().options;
    } catch (const po::unknown_option& e) {
        throw unknown_option(syntax, options, e.get_option_name());
    } catch (const po::error& e) {
        throw usage_error(syntax, e.what());
    }
}

}  // namespace

std::vector<Option> all_options(const Syntax& syntax) {
    auto options = syntax.options;
    options.push_back({.name = "verbose", .letter = 'v', .help = "say more on stderr"});
    options.push_back({.name = "help", .letter = 'h', .help = "print this"});
    options.push_back({.name = "version", .help = "print the version, and the running daemon's"});
    return options;
}

Arguments parse_arguments(const Syntax& syntax, const std::vector<std::string>& arguments) {
    const auto options = all_options(syntax);
    const Split parts = split(syntax, options, arguments);
    Arguments out;
    for (const auto& option : options) out.fallbacks_[option.name] = option.fallback;
    for (const auto& option : parse_options(syntax, options, parts.options)) {
        auto& values = out.values_[option.string_key];
        values.insert(values.end(), option.value.begin(), option.value.end());
        ++out.times_[option.string_key];
    }
    if (syntax.kind == Operands::none && !parts.operands.empty() && !out.has("help"))
        throw usage_error(syntax, "unexpected argument '" + parts.operands[0] + "'");
    out.operands_ = parts.operands;
    out.name_ = parts.name;
    return out;
}

std::string Arguments::value(const std::string& name) const {
    assert(fallbacks_.contains(name));
    return find(name).value_or(fallbacks_.at(name));
}

std::optional<std::string> Arguments::find(const std::string& name) const {
    const auto it = values_.find(name);
    if (it == values_.end() || it->second.empty()) return std::nullopt;
    return it->second.back();
}

std::vector<std::string> Arguments::all(const std::string& name) const {
    const auto it = values_.find(name);
    return it == values_.end() ? std::vector<std::string>() : it->second;
}

long number_argument(const std::string& text, const std::string& option, long least, long most) {
    long number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < least || number > most)
        throw Error("'" + text + "' is no value for " + option,
                    "it takes a whole number from " + std::to_string(least) + " to " + std::to_string(most),
                    ErrorKind::usage);
    return number;
}

}  // namespace isag

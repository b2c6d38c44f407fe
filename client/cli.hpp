// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace isag {

// How a command's options are declared; one table gives the parser and the help.
struct Option {
    std::string name;        // long, without dashes
    char letter = 0;         // short, 0: none
    std::string value = {};  // placeholder of its value; empty: a flag
    std::string help = {};
    std::string fallback = {};  // value when not given
    bool many = false;          // may be given several times
    bool is_name = false;       // stands for the operand of Operands::name
};

enum class Operands {
    none,
    any,   // between options too
    rest,  // the first one ends the options: all that follows belongs to it
    name,  // the first one is a name, which options may follow; the second one is as the first of `rest`
};

struct Syntax {
    std::string command;        // "run"
    std::string summary;        // first line of the help
    std::string operands = {};  // as the usage line shows them: "[--] [ARG…]"
    Operands kind = Operands::none;
    std::vector<Option> options = {};
    std::vector<std::string> examples = {};
    std::string elsewhere = {};  // the hint where an option is unknown and none is like it
};

// What was given. Asking for an option that the Syntax does not declare is a bug.
class Arguments {
public:
    bool has(const std::string& name) const { return values_.contains(name); }
    // How often it was given.
    int times(const std::string& name) const { return has(name) ? times_.at(name) : 0; }
    // The last one given, else the fallback.
    std::string value(const std::string& name) const;
    std::optional<std::string> find(const std::string& name) const;
    std::vector<std::string> all(const std::string& name) const;
    const std::vector<std::string>& operands() const { return operands_; }
    // That of Operands::name, which is not among operands(). None where no operand stood before the "--", or an option
    // stands for it.
    const std::optional<std::string>& name() const { return name_; }

private:
    friend Arguments parse_arguments(const Syntax&, const std::vector<std::string>&);
    std::map<std::string, std::vector<std::string>> values_;
    std::map<std::string, int> times_;
    std::map<std::string, std::string> fallbacks_;
    std::vector<std::string> operands_;
    std::optional<std::string> name_;
};

// --help and --verbose belong to every command. Throws Error of kind usage.
Arguments parse_arguments(const Syntax& syntax, const std::vector<std::string>& arguments);

std::string help_text(const Syntax& syntax);

// The declared options and those of every command.
std::vector<Option> all_options(const Syntax& syntax);

// A whole number from least to most; throws Error of kind usage that names the option.
long number_argument(const std::string& text, const std::string& option, long least, long most);

}  // namespace isag

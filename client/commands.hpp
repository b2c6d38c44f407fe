// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/cli.hpp"
#include "client/context.hpp"
#include <string>
#include <vector>

namespace isag {

// One row a command; its file in client/cmd/ defines both functions.
struct Command {
    const char* name;     // one word, or two ("config check")
    const char* summary;  // one line for `isag --help`
    Syntax (*syntax)();
    int (*run)(const Context& context, const Arguments& arguments);  // returns the exit status
    bool runs_program = false;  // exits with a program's own status, so isag's own failures are 125
};

// Sorted by name.
const std::vector<Command>& commands();

// The command that the arguments start with, and how many of them it takes.
struct Found {
    const Command* command;
    std::size_t words;
};
// Throws Error of kind usage, naming the nearest known command.
Found find_command(const std::vector<std::string>& arguments);

// `isag --help`, or that of a group such as "config".
std::string overview(const std::string& group = {});
bool is_group(const std::string& word);

}  // namespace isag

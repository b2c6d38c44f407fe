// SPDX-License-Identifier: Apache-2.0
#include "client/commands.hpp"
#include "client/config_path.hpp"
#include "client/env_option.hpp"
#include "client/exec_session.hpp"
#include "common/error.hpp"
#include <unistd.h>

namespace isag {

Syntax exec_syntax() {
    return {.command = "exec",
            .summary =
                "Runs a command in a running sandbox, beside its program and with its variables.\n"
                "On a terminal it gets one (-T: none); else the streams pass unchanged.",
            .operands = "NAME [--] COMMAND [ARG…]",
            .kind = Operands::name,
            .options = {{.name = "interactive", .letter = 'i', .help = "as docker has it; stdin is always passed"},
                        {.name = "tty", .letter = 't', .help = "insist on a terminal"},
                        {.name = "no-tty", .letter = 'T', .help = "no terminal, whatever stdin is"},
                        {.name = "workdir", .letter = 'w', .value = "DIR", .help = "instead of the project's folder"},
                        {.name = "env",
                         .letter = 'e',
                         .value = "K=V",
                         .help = "set a variable inside; K alone passes yours on",
                         .many = true}},
            .examples = {"isag exec web bash", "isag exec web -- git status", "isag exec web -it -- vim"}};
}

namespace {

bool wants_terminal(const Arguments& arguments) {
    const bool is_terminal = ::isatty(STDIN_FILENO) && ::isatty(STDOUT_FILENO);
    if (arguments.has("tty") && arguments.has("no-tty"))
        throw Error("both -t and -T were given", "leave one of them out", ErrorKind::usage);
    if (arguments.has("tty") && !is_terminal)
        throw Error("-t needs a terminal on stdin and stdout", "leave it out: the streams pass unchanged then",
                    ErrorKind::usage);
    return is_terminal && !arguments.has("no-tty");
}

// Without the "--" behind the name, where one stands before it too.
std::vector<std::string> words_of(const Arguments& arguments) {
    auto words = arguments.operands();
    if (arguments.name())
        words.insert(words.begin(), *arguments.name());
    else if (words.size() > 1 && words[1] == "--")
        words.erase(words.begin() + 1);
    return words;
}

proto::ExecRequest exec_request(const Context& context, const Arguments& arguments) {
    const auto words = words_of(arguments);
    if (words.size() < 2)
        throw Error(words.empty() ? "a sandbox and a command are missing" : "a command is missing",
                    "for example: isag exec web -- git status", ErrorKind::usage);
    proto::ExecRequest request;
    request.target.name = words.front();
    request.argv.assign(words.begin() + 1, words.end());
    request.environment = extra_environment(arguments.all("env"), context.environment);
    request.directory = arguments.find("workdir");
    if (wants_terminal(arguments)) ask_for_terminal(context, request);
    return request;
}

}  // namespace

int exec_run(const Context& context, const Arguments& arguments) {
    return run_exec(context, exec_request(context, arguments));
}

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#include "client/app.hpp"
#include "client/commands.hpp"
#include "client/connection.hpp"
#include "client/exit_status.hpp"
#include "client/output.hpp"
#include "common/error.hpp"
#include "common/version.hpp"
#include <csignal>
#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace isag {
namespace {

// Descriptors opened later must not land on 0, 1 or 2. Reading from these ends at once, writing to them fails.
void fill_closed_standard_fds() {
    for (int fd = 0; fd < 3; ++fd)
        if (::fcntl(fd, F_GETFD) < 0) ::open("/dev/null", O_RDONLY);
}

Context make_context() {
    Context context;
    context.environment = current_environment();
    context.directories = find_directories(context.environment, ::geteuid());
    return context;
}

int print_version() {
    print(std::string("isag ") + version + "\n");
    try {
        if (const auto connection = Connection::open_running(make_context()))
            print("isagd " + escape_lines(connection->daemon_version()) + "\n");
    } catch (const Error& e) {
        print_failure(e);
    }
    return 0;
}

int run_command(const Command& command, const std::vector<std::string>& arguments) {
    const Syntax syntax = command.syntax();
    const Arguments parsed = parse_arguments(syntax, arguments);
    if (parsed.has("help")) {
        print(help_text(syntax));
        return 0;
    }
    if (parsed.has("version")) return print_version();
    Context context = make_context();
    context.verbose = parsed.has("verbose");
    return command.run(context, parsed);
}

bool is_help(const std::string& word) { return word == "--help" || word == "-h"; }

// isag help, isag help net, isag help net log
int print_help(const std::vector<std::string>& arguments) {
    if (arguments.empty())
        print(overview());
    else if (arguments.size() == 1 && is_group(arguments[0]))
        print(overview(arguments[0]));
    else
        print(help_text(find_command(arguments).command->syntax()));
    return 0;
}

// The words that are no command: isag, isag --help, isag --version, isag config --help, isag help run.
std::optional<int> run_top_level(const std::vector<std::string>& arguments) {
    if (arguments.empty()) {
        print_error(overview());
        return 2;
    }
    const std::string& word = arguments[0];
    if (word == "--version") return print_version();
    if (word == "help") return print_help({arguments.begin() + 1, arguments.end()});
    const bool group_help = arguments.size() > 1 && is_group(word) && is_help(arguments[1]);
    if (!is_help(word) && !group_help) return std::nullopt;
    print(overview(group_help ? word : ""));
    return 0;
}

// Dies of the signal, so that a shell that waits sees which one it was.
[[noreturn]] void die_of(int number) {
    ::signal(number, SIG_DFL);
    ::raise(number);
    ::_exit(128 + number);
}

}  // namespace

int run_client(const std::vector<std::string>& arguments) {
    fill_closed_standard_fds();
    bool runs_program = false;
    try {
        if (const auto status = run_top_level(arguments)) return *status;
        const Found found = find_command(arguments);
        runs_program = found.command->runs_program;
        return run_command(*found.command,
                           {arguments.begin() + static_cast<std::ptrdiff_t>(found.words), arguments.end()});
    } catch (const Interrupted& interrupted) {
        die_of(interrupted.signal);
    } catch (const Error& e) {
        print_failure(e);
        return exit_status(e.kind(), runs_program);
    } catch (const std::exception& e) {
        print_failure(Error(e.what()));
        return exit_status(ErrorKind::failed, runs_program);
    }
}

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#include "client/exec_shell.hpp"
#include "client/exec_session.hpp"
#include "client/output.hpp"
#include "common/escape.hpp"
#include <unistd.h>

namespace isag {
namespace {

// The user's own shell, where the image knows one, then the usual ones.
constexpr const char* login_script =
    "own=$(getent passwd \"$(id -u)\" 2>/dev/null | cut -d: -f7)\n"
    "for shell in \"$own\" bash; do\n"
    "    command -v \"$shell\" >/dev/null 2>&1 && exec \"$shell\" -l\n"
    "done\n"
    "exec sh -l";

}  // namespace

bool wants_terminal_for(const SshShell& shell) {
    if (shell.terminal == SshShell::Terminal::never) return false;
    if (shell.terminal == SshShell::Terminal::automatic && !shell.command.empty()) return false;
    if (::isatty(STDIN_FILENO) && ::isatty(STDOUT_FILENO)) return true;
    if (shell.terminal == SshShell::Terminal::always)
        print_error("isag: no terminal inside, because stdin and stdout are none\n");
    return false;
}

std::string command_line(const std::vector<std::string>& words) {
    std::string line;
    for (const auto& word : words) line += (line.empty() ? "" : " ") + word;
    return line;
}

std::vector<std::string> login_words(const std::vector<std::string>& command) {
    if (command.empty()) return {"sh", "-c", login_script};
    return {"sh", "-lc", command_line(command)};
}

int exec_shell(const Context& context, const SshShell& shell, const std::string& why) {
    proto::ExecRequest request;
    request.target = shell.target;
    request.argv = login_words(shell.command);
    if (wants_terminal_for(shell)) ask_for_terminal(context, request);
    print_error("isag: " + escape_controls(why) + "; going in as 'isag exec' does\n");
    return run_exec(context, request);
}

}  // namespace isag

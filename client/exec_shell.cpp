// SPDX-License-Identifier: Apache-2.0
#include "client/exec_shell.hpp"
#include "client/exec_session.hpp"
#include "client/output.hpp"
#include "common/escape.hpp"
#include <unistd.h>

namespace isag {
namespace {

// As sshd does: in the home, the user's own shell, where the image knows one, then the usual ones. A login shell's
// /etc/profile forgets the image's PATH, which the mounted script puts back (daemon/sandbox/ssh_files).
constexpr const char* shell_script =
    "own=$(getent passwd \"$(id -u)\" 2>/dev/null | cut -d: -f7)\n"
    "cd 2>/dev/null\n"
    "for shell in \"$own\" bash sh; do\n"
    "    command -v \"$shell\" >/dev/null 2>&1 || continue\n"
    "    [ $# -eq 0 ] || exec \"$shell\" -c \"$1\"\n"
    "    export ISAG_PATH=\"$PATH\"\n"
    "    exec \"$shell\" -l\n"
    "done";

}  // namespace

bool wants_terminal_for(const Context& context, const SshShell& shell) {
    if (shell.terminal == SshShell::Terminal::never) return false;
    if (shell.terminal == SshShell::Terminal::forced) return true;
    if (shell.terminal == SshShell::Terminal::automatic && !shell.command.empty()) return false;
    if (::isatty(STDIN_FILENO)) return true;
    if (shell.terminal == SshShell::Terminal::wanted && !context.quiet)
        print_error("isag: no terminal inside, because stdin is none; -tt insists on one\n");
    return false;
}

std::string command_line(const std::vector<std::string>& words) {
    std::string line;
    for (const auto& word : words) line += (line.empty() ? "" : " ") + word;
    return line;
}

std::vector<std::string> login_words(const std::vector<std::string>& command) {
    if (command.empty()) return {"sh", "-c", shell_script};
    return {"sh", "-c", shell_script, "sh", command_line(command)};
}

int exec_shell(const Context& context, const SshShell& shell, const std::string& why) {
    proto::ExecRequest request;
    request.target = shell.target;
    request.argv = login_words(shell.command);
    if (wants_terminal_for(context, shell)) ask_for_terminal(context, request);
    if (!context.quiet) print_error("isag: " + escape_controls(why) + "; going in as 'isag exec' does\n");
    shell.when_open();
    return run_exec(context, request);
}

}  // namespace isag

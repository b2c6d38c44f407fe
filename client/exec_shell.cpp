// SPDX-License-Identifier: Apache-2.0
#include "client/exec_shell.hpp"
#include "client/output.hpp"
#include "client/see_session.hpp"
#include "client/session.hpp"
#include "proto/session.hpp"
#include <csignal>
#include <nlohmann/json.hpp>
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

std::vector<std::string> login_words(const std::vector<std::string>& command) {
    if (command.empty()) return {"sh", "-c", login_script};
    std::string line;
    for (const auto& word : command) line += (line.empty() ? "" : " ") + word;
    return {"sh", "-lc", line};
}

int exec_shell(const Context& context, const SshShell& shell) {
    proto::ExecRequest request;
    request.target = shell.target;
    request.argv = login_words(shell.command);
    if (wants_terminal_for(shell)) {
        request.terminal = terminal_size();
        if (const auto term = context.environment.find("TERM"); term != context.environment.end())
            request.environment.emplace("TERM", term->second);
    }
    print_error("isag: no sshd in this image; going in as 'isag exec' does\n");
    Signals signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    ::signal(SIGPIPE, SIG_IGN);
    Connection connection = Connection::open(context);
    OpenSession open;
    ask_for_session<proto::ExecReply>(connection, "exec", request, signals, open);
    open.session.detach_keys.clear();  // leaving would end it
    open.is_main = false;
    return see_session(context, std::move(connection), signals, std::move(open));
}

}  // namespace isag

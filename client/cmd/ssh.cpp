// SPDX-License-Identifier: Apache-2.0
#include "client/background.hpp"
#include "client/commands.hpp"
#include "client/config_path.hpp"
#include "client/ended_sandbox.hpp"
#include "client/forward/forward_spec.hpp"
#include "client/forward/forwards.hpp"
#include "client/output.hpp"
#include "client/signals.hpp"
#include "client/ssh_shell.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include "common/unique_fd.hpp"
#include "proto/session.hpp"
#include <csignal>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

namespace isag {

Syntax ssh_syntax() {
    return {
        .command = "ssh",
        .summary =
            "Opens a shell in a running sandbox, or runs COMMAND, and forwards ports as ssh(1) does for as long as\n"
            "that lasts. What is forwarded listens on loopback unless a BIND address is given, and reaches no more\n"
            "inside than the agent itself.",
        .operands = "[NAME] [COMMAND…]",
        .kind = Operands::name,
        .options = {config_option(),
                    {.name = "container",
                     .value = "NAME",
                     .help = "the sandbox; all operands are COMMAND then",
                     .is_name = true},
                    {.name = "local-forward",
                     .letter = 'L',
                     .value = "[BIND:]PORT:HOST:PORT",
                     .help = "a port here leads into the sandbox; either side may be a /SOCKET",
                     .many = true},
                    {.name = "remote-forward",
                     .letter = 'R',
                     .value = "[BIND:]PORT:HOST:PORT",
                     .help = "a port in the sandbox leads to HOST from here; likewise",
                     .many = true},
                    {.name = "dynamic-forward",
                     .letter = 'D',
                     .value = "[BIND:]PORT",
                     .help = "a SOCKS5 server here, which connects in the sandbox",
                     .many = true},
                    {.name = "no-command", .letter = 'N', .help = "forward only, until interrupted"},
                    {.name = "background",
                     .letter = 'f',
                     .help = "go into the background once all of them listen, or COMMAND runs"},
                    {.name = "no-input", .letter = 'n', .help = "nothing on stdin"},
                    {.name = "quiet", .letter = 'q', .help = "errors alone on stderr, no notes"},
                    {.name = "tty", .letter = 't', .help = "a terminal for COMMAND too; -tt: though stdin is none"},
                    {.name = "no-tty", .letter = 'T', .help = "no terminal"}},
        .examples = {"isag ssh web", "isag ssh web -L 3000:localhost:3000 -N",
                     "isag ssh -R 5037:localhost:5037 web -- adb devices"},
        .elsewhere =
            "ssh's other options are for ssh itself: 'isag ssh-config --install', then 'ssh isag-NAME' (agent and X11 "
            "forwarding are off)"};
}

namespace {

Error ssh_usage(const std::string& message, const std::string& hint) { return Error(message, hint, ErrorKind::usage); }

using ParseForward = Result<proto::Forward> (*)(std::string_view);

void add_forwards(const std::vector<std::string>& given, ParseForward parse, std::vector<proto::Forward>& out) {
    for (const auto& text : given) {
        auto forward = parse(text);
        if (!forward) throw Error(forward.error(), ErrorKind::usage);
        out.push_back(std::move(*forward));
    }
}

std::vector<proto::Forward> forwards_given(const Arguments& arguments) {
    std::vector<proto::Forward> out;
    add_forwards(arguments.all("local-forward"), forward::parse_local, out);
    add_forwards(arguments.all("remote-forward"), forward::parse_remote, out);
    add_forwards(arguments.all("dynamic-forward"), forward::parse_dynamic, out);
    return out;
}

SshShell shell_given(const Context& context, const Arguments& arguments) {
    SshShell shell;
    shell.target.config = config_source(context, arguments);
    shell.target.name = arguments.has("container") ? arguments.find("container") : arguments.name();
    shell.command = arguments.operands();
    shell.verbose = context.verbose;
    if (arguments.has("tty") && arguments.has("no-tty"))
        throw ssh_usage("both -t and -T were given", "leave one of them out");
    if (arguments.has("tty"))
        shell.terminal = arguments.times("tty") > 1 ? SshShell::Terminal::forced : SshShell::Terminal::wanted;
    if (arguments.has("no-tty")) shell.terminal = SshShell::Terminal::never;
    if (arguments.has("container") && arguments.name())
        throw ssh_usage("both NAME and --container were given", "leave one of them out");
    if (arguments.has("background") && !arguments.has("no-command") && shell.command.empty())
        throw ssh_usage("-f goes into the background, where no shell can be", "give a COMMAND, or -N to forward only");
    if (arguments.has("no-command") && !shell.command.empty())
        throw ssh_usage("-N runs no command, but one was given", "leave one of them out");
    if (shell.target.name && shell.target.name->empty())
        throw ssh_usage("the sandbox's name is empty", "'isag ps' lists those that run");
    return shell;
}

[[noreturn]] void forward_only(const Context& context, const SshShell& shell,
                               const std::vector<proto::Forward>& wanted) {
    Signals signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    Forwards forwards(context, shell.target, wanted, &signals);
    shell.when_open();
    if (const auto number = forwards.wait(signals)) throw Interrupted{*number};
    throw sandbox_has_ended(context, forwards.sandbox(), "its forwards", signals);
}

}  // namespace

int ssh_run(const Context& given, const Arguments& arguments) {
    Context context = given;
    context.quiet = arguments.has("quiet");
    const auto wanted = forwards_given(arguments);
    SshShell shell = shell_given(context, arguments);
    ::signal(SIGPIPE, SIG_IGN);
    if (arguments.has("background") || arguments.has("no-input")) close_input();
    std::optional<Background> background;
    if (arguments.has("background")) background.emplace();
    shell.when_open = [&] {
        if (background) background->ready();
    };
    if (arguments.has("no-command")) forward_only(context, shell, wanted);
    std::optional<Forwards> forwards;
    if (!wanted.empty()) {
        Signals signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
        forwards.emplace(context, shell.target, wanted, &signals);
        shell.target.name = forwards->sandbox();
    }
    return ssh_shell(context, shell);
}

}  // namespace isag

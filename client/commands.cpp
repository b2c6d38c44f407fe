// SPDX-License-Identifier: Apache-2.0
#include "client/commands.hpp"
#include "client/nearest.hpp"
#include "common/error.hpp"

namespace isag {

// client/cmd/NAME.cpp
#define ISAG_COMMAND(name)  \
    Syntax name##_syntax(); \
    int name##_run(const Context&, const Arguments&);
ISAG_COMMAND(attach)
ISAG_COMMAND(build)
ISAG_COMMAND(code)
ISAG_COMMAND(completion)
ISAG_COMMAND(config_check)
ISAG_COMMAND(config_show)
ISAG_COMMAND(cp)
ISAG_COMMAND(events)
ISAG_COMMAND(exec)
ISAG_COMMAND(init)
ISAG_COMMAND(logs)
ISAG_COMMAND(net_allow)
ISAG_COMMAND(net_check)
ISAG_COMMAND(net_deny)
ISAG_COMMAND(net_log)
ISAG_COMMAND(net_show)
ISAG_COMMAND(ports)
ISAG_COMMAND(proxy)
ISAG_COMMAND(ps)
ISAG_COMMAND(run)
ISAG_COMMAND(ssh)
ISAG_COMMAND(ssh_config)
ISAG_COMMAND(stop)
ISAG_COMMAND(top)
ISAG_COMMAND(unpause)
ISAG_COMMAND(wait)
#undef ISAG_COMMAND

const std::vector<Command>& commands() {
    static const std::vector<Command> table{
        {"attach", "connect the terminal to a running sandbox", attach_syntax, attach_run, true},
        {"build", "build the image of an isag.yaml and print its tag", build_syntax, build_run},
        {"code", "open VS Code on a running sandbox", code_syntax, code_run},
        {"completion", "print a completion script for a shell", completion_syntax, completion_run},
        {"config check", "validate an isag.yaml", config_check_syntax, config_check_run},
        {"config show", "print an isag.yaml with defaults and resolved paths", config_show_syntax, config_show_run},
        {"cp", "copy files between a sandbox and the host", cp_syntax, cp_run},
        {"events", "list what happened to sandboxes, images and policies", events_syntax, events_run},
        {"exec", "run a command in a running sandbox", exec_syntax, exec_run, true},
        {"init", "write a commented starter isag.yaml", init_syntax, init_run},
        {"logs", "print what a sandbox printed", logs_syntax, logs_run},
        {"net allow", "let a running sandbox connect to a name", net_allow_syntax, net_allow_run},
        {"net check", "say whether a connection would be allowed, and why", net_check_syntax, net_check_run},
        {"net deny", "forbid a running sandbox a name", net_deny_syntax, net_deny_run},
        {"net log", "list what a sandbox was refused", net_log_syntax, net_log_run},
        {"net show", "show a sandbox's rules and connections", net_show_syntax, net_show_run},
        {"ports", "list what listens in the sandboxes, and what leads there", ports_syntax, ports_run},
        {"proxy", "connect stdin and stdout to a sandbox's sshd or port", proxy_syntax, proxy_run},
        {"ps", "list the sandboxes", ps_syntax, ps_run},
        {"run", "start a sandbox and connect the terminal", run_syntax, run_run, true},
        {"ssh", "open a shell in a running sandbox, and forward ports", ssh_syntax, ssh_run, true},
        {"ssh-config", "print or install the sandboxes' entries for ssh, scp, rsync, git and IDEs", ssh_config_syntax,
         ssh_config_run},
        {"stop", "stop sandboxes", stop_syntax, stop_run},
        {"top", "show what the sandboxes take, live", top_syntax, top_run},
        {"unpause", "let a sandbox go on that was paused for a lost cover", unpause_syntax, unpause_run},
        {"wait", "wait until a sandbox has ended, and print its exit status", wait_syntax, wait_run},
    };
    return table;
}

namespace {

std::string first_word(const std::string& name) { return name.substr(0, name.find(' ')); }

std::string first_example(const std::string& prefix) {
    for (const auto& command : commands())
        if (std::string(command.name).starts_with(prefix)) return command.syntax().examples.front();
    return {};
}

Error unknown(const std::string& given, const std::string& prefix, const std::string& help) {
    std::vector<std::string> known;
    for (const auto& command : commands())
        if (std::string(command.name).starts_with(prefix))
            known.push_back(prefix.empty() ? first_word(command.name) : command.name + prefix.size());
    const auto near = nearest(given, known);
    return Error(
        "unknown command '" + prefix + given + "'",
        (near ? "did you mean 'isag " + prefix + *near + "'? " : std::string()) + "'" + help + "' lists the commands",
        ErrorKind::usage);
}

}  // namespace

bool is_group(const std::string& word) {
    for (const auto& command : commands())
        if (std::string(command.name).starts_with(word + " ")) return true;
    return false;
}

Found find_command(const std::vector<std::string>& arguments) {
    const std::string& word = arguments.at(0);
    const bool group = is_group(word);
    if (group && arguments.size() < 2)
        throw Error("'isag " + word + "' needs a command after it", "'isag " + word + " --help' lists them",
                    ErrorKind::usage);
    const std::string name = group ? word + " " + arguments[1] : word;
    for (const auto& command : commands())
        if (command.name == name) return {&command, group ? std::size_t{2} : std::size_t{1}};
    if (group) throw unknown(arguments[1], word + " ", "isag " + word + " --help");
    throw unknown(word, "", "isag --help");
}

std::string overview(const std::string& group) {
    const std::string prefix = group.empty() ? "" : group + " ";
    std::string out = "Usage: isag " + prefix + "COMMAND [OPTION…]\n\n";
    if (group.empty()) out += "Runs coding agents in isolated sandboxes.\n\n";
    out += "Commands:\n";
    for (const auto& command : commands()) {
        std::string name = command.name;
        if (!name.starts_with(prefix)) continue;
        name.resize(std::max(name.size(), std::size_t{14}), ' ');
        out += "  " + name + "  " + command.summary + "\n";
    }
    out += "\nOptions:\n  -h, --help       print this, or after a command its own help\n";
    if (group.empty()) out += "      --version    print the version, and the running daemon's\n";
    out += "\nExample:\n  " + (group.empty() ? "isag init && isag run" : first_example(prefix)) + "\n";
    return out;
}

}  // namespace isag

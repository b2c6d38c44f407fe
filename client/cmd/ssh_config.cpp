// SPDX-License-Identifier: Apache-2.0
#include "client/commands.hpp"
#include "client/connection.hpp"
#include "client/json_output.hpp"
#include "client/output.hpp"
#include "client/ssh_include.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include "proto/forward.hpp"
#include <nlohmann/json.hpp>

namespace isag {

Syntax ssh_config_syntax() {
    return {
        .command = "ssh-config",
        .summary =
            "Prints an ssh_config(5) entry for each running sandbox: then 'ssh isag-NAME', scp, sftp, rsync, git\n"
            "and IDEs reach it. isagd keeps a file with them up to date, which --install has ~/.ssh/config include.",
        .options = {{.name = "install", .help = "add the one Include line to ~/.ssh/config"},
                    {.name = "uninstall", .help = "take it out again"},
                    {.name = "json", .help = "a JSON array"}},
        .examples = {"isag ssh-config --install && ssh isag-web", "isag ssh-config >> some/other/config"}};
}

namespace {

// False where nothing had to be changed. Where it can't be, the error says what the person can do.
bool change_include(const std::filesystem::path& home, const std::string& file, bool install) {
    try {
        const std::string before = read_ssh_config(home);
        const std::string after = install ? with_include(before, file, home) : without_include(before, file, home);
        if (after == before) return false;
        write_ssh_config(home, after);
        return true;
    } catch (const Error& error) {
        if (!error.hint().empty()) throw;
        const std::string line = escape_controls(include_line(file));
        throw Error(error.message(), install ? "add this line yourself, at the top of what ssh reads: " + line
                                             : "take this line out yourself: " + line);
    }
}

void change_ssh_config(const Context& context, const std::string& file, bool install) {
    const auto& home = context.directories.home;
    const bool is_changed = change_include(home, file, install);
    const std::string path = escape_controls((home / ".ssh/config").string());
    if (install)
        print_error("isag: " + path + (is_changed ? " now includes" : " includes") + " " + escape_controls(file) +
                    ": ssh isag-NAME reaches a sandbox\n");
    else
        print_error("isag: " + path + (is_changed ? " no longer includes" : " does not include") + " " +
                    escape_controls(file) + "\n");
}

}  // namespace

int ssh_config_run(const Context& context, const Arguments& arguments) {
    const bool install = arguments.has("install"), uninstall = arguments.has("uninstall");
    if (install && uninstall)
        throw Error("both --install and --uninstall were given", "leave one of them out", ErrorKind::usage);
    const auto reply = ask(
        context, [](Connection& isagd) { return isagd.call<proto::SshConfigReply>("ssh.config", proto::Nothing()); });
    if (install || uninstall)
        change_ssh_config(context, reply.file, install);
    else
        print(arguments.has("json") ? json_array(reply.hosts) : reply.text);
    return 0;
}

}  // namespace isag

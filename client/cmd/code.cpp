// SPDX-License-Identifier: Apache-2.0
#include "client/commands.hpp"
#include "client/config_path.hpp"
#include "client/connection.hpp"
#include "client/ssh_include.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include "proto/forward.hpp"
#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace isag {

Syntax code_syntax() {
    return {.command = "code",
            .summary =
                "Opens VS Code on a running sandbox, by its Remote-SSH extension: on the project's folder inside, or\n"
                "on PATH, which counts from there.",
            .operands = "[NAME] [PATH]",
            .kind = Operands::any,
            .options = {config_option()},
            .examples = {"isag code", "isag code web /workspace/datasets"}};
}

namespace {

// The sandbox that is meant: by name or unique prefix, else the only one of the configuration.
proto::SshHost host_of(const Context& context, const proto::Target& target, const proto::SshConfigReply& config) {
    // isagd knows what a name or a configuration stands for: the forwards of nothing.
    const auto name = ask(context, [&](Connection& isagd) {
        return isagd.call<proto::ForwardsReply>("forwards", proto::ForwardsRequest{target, {}}).name;
    });
    const auto is_it = [&](const proto::SshHost& host) { return host.name == name; };
    const auto found = std::find_if(config.hosts.begin(), config.hosts.end(), is_it);
    if (found != config.hosts.end()) return *found;
    throw Error("the sandbox " + escape_controls(name) + " was started by an older isag, which had no ssh",
                "stop it, and start it again");
}

[[noreturn]] void become_code(const proto::SshHost& host, const std::string& folder) {
    const std::string remote = "ssh-remote+" + host.host;
    ::execlp("code", "code", "--remote", remote.c_str(), folder.c_str(), static_cast<char*>(nullptr));
    if (errno != ENOENT) throw errno_error("cannot start code", errno);
    throw Error("'code' is not in your PATH",
                "VS Code's 'Shell Command: Install code command in PATH' puts it there; or open " + host.host +
                    " by its Remote-SSH extension");
}

}  // namespace

int code_run(const Context& context, const Arguments& arguments) {
    const auto& words = arguments.operands();
    if (words.size() > 2)
        throw Error("unexpected argument '" + words[2] + "'", "for example: isag code web", ErrorKind::usage);
    proto::Target target;
    target.config = config_source(context, arguments);
    if (!words.empty()) target.name = words[0];
    const auto config = ask(
        context, [](Connection& isagd) { return isagd.call<proto::SshConfigReply>("ssh.config", proto::Nothing()); });
    const auto host = host_of(context, target, config);
    const auto& home = context.directories.home;
    if (!has_include(read_ssh_config(home), config.file, home))
        throw Error("VS Code finds " + host.host + " by ~/.ssh/config, which does not know it",
                    "'isag ssh-config --install' adds one line to it");
    const auto project = std::filesystem::path(host.directory.empty() ? "/" : host.directory);
    become_code(host, words.size() > 1 ? (project / words[1]).lexically_normal() : project);
}

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#include "client/ssh_shell.hpp"
#include "client/connection.hpp"
#include "client/exec_shell.hpp"
#include "client/session.hpp"
#include "client/ssh_channel.hpp"
#include "client/ssh_session.hpp"
#include "common/error.hpp"
#include "proto/forward.hpp"
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

namespace isag {
namespace {

struct OpenSshd {
    proto::SshReply reply;
    UniqueFd socket;
};

// None where the image has no sshd.
std::optional<OpenSshd> open_sshd(const Context& context, const proto::Target& target) {
    try {
        return ask(context, [&](Connection& isagd) {
            std::vector<UniqueFd> fds;
            CallOptions options;
            options.fds = &fds;
            OpenSshd out{isagd.call<proto::SshReply>("ssh", proto::SshRequest{target}, options), UniqueFd()};
            if (fds.size() != 1)
                throw Error("isagd sent " + std::to_string(fds.size()) + " descriptors",
                            "restart it: is it an old one?");
            out.socket = std::move(fds[0]);
            return out;
        });
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::not_found) throw;
        return std::nullopt;
    }
}

// As ssh(1) joins them: the shell there reads the words anew.
std::optional<std::string> command_line(const std::vector<std::string>& words) {
    if (words.empty()) return std::nullopt;
    std::string line;
    for (const auto& word : words) line += (line.empty() ? "" : " ") + word;
    return line;
}

// What people's ssh_config sends by default, and what their terminal can do.
Environment environment_to_send(const Environment& own) {
    Environment out;
    for (const auto& [name, value] : own)
        if (name == "TERM" || name == "COLORTERM" || name == "LANG" || name.starts_with("LC_"))
            out.emplace(name, value);
    return out;
}

}  // namespace

int ssh_shell(const Context& context, const SshShell& shell) {
    auto sshd = open_sshd(context, shell.target);
    if (!sshd) return exec_shell(context, shell);
    ::signal(SIGPIPE, SIG_IGN);
    const bool terminal = wants_terminal_for(shell);
    SshChannel::Program program{command_line(shell.command), {}, environment_to_send(context.environment)};
    if (terminal) program.terminal = terminal_size();
    const SshChannel::Login login{sshd->reply.user, std::filesystem::path(sshd->reply.artifacts) / "ssh",
                                  shell.verbose};
    SshChannel channel(std::move(sshd->socket), login, program);
    return run_ssh_session(channel, terminal, Clipboard::deny);
}

}  // namespace isag

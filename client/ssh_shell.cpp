// SPDX-License-Identifier: Apache-2.0
#include "client/ssh_shell.hpp"
#include "client/bring.hpp"
#include "client/ended_sandbox.hpp"
#include "client/exec_shell.hpp"
#include "client/session.hpp"
#include "client/signals.hpp"
#include "client/ssh_channel.hpp"
#include "client/ssh_session.hpp"
#include "common/error.hpp"
#include "proto/forward.hpp"
#include <chrono>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <unistd.h>
#include <variant>

namespace isag {
namespace {

// isagd may see the sandbox's end later than its sshd's.
constexpr std::chrono::seconds hearing_limit{3};

using OpenSshd = Brought<proto::SshReply>;

// A failure of kind not_found is what keeps an sshd from running there; others are thrown.
std::variant<OpenSshd, Error> open_sshd(const Context& context, const proto::Target& target) {
    try {
        return bring<proto::SshReply>(context, "ssh", proto::SshRequest{target});
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::not_found) throw;
        return error;
    }
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
    auto opened = open_sshd(context, shell.target);
    if (const auto* why = std::get_if<Error>(&opened)) return exec_shell(context, shell, why->message());
    auto& sshd = std::get<OpenSshd>(opened);
    ::signal(SIGPIPE, SIG_IGN);
    const bool terminal = wants_terminal_for(context, shell);
    SshChannel::Program program{{}, {}, environment_to_send(context.environment)};
    if (!shell.command.empty()) program.command = command_line(shell.command);
    if (terminal) program.terminal = terminal_size();
    const SshChannel::Login login{sshd.reply.user, std::filesystem::path(sshd.reply.artifacts) / "ssh", shell.verbose};
    SshChannel channel(std::move(sshd.fd), login, program);
    shell.when_open();
    // To ask takes detach keys, which ssh has none of.
    const auto clipboard = sshd.reply.clipboard == "allow" ? Clipboard::allow : Clipboard::deny;
    try {
        return run_ssh_session(channel, terminal && ::isatty(STDIN_FILENO), clipboard);
    } catch (const HungUp&) {
        Signals signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
        if (!sandbox_ends_within(context, sshd.reply.name, hearing_limit, signals)) throw;
        throw sandbox_has_ended(context, sshd.reply.name, "this session", signals);
    }
}

}  // namespace isag

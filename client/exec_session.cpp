// SPDX-License-Identifier: Apache-2.0
#include "client/exec_session.hpp"
#include "client/raw_mode.hpp"
#include "client/see_session.hpp"
#include "client/session.hpp"
#include "common/child_process.hpp"
#include <csignal>
#include <nlohmann/json.hpp>
#include <optional>
#include <unistd.h>

namespace isag {
namespace {

// Stdin and stdout of its program for pipes here; on stderr nothing comes.
std::vector<UniqueFd> as_pipes(std::vector<UniqueFd> terminal) {
    std::vector<UniqueFd> out;
    out.push_back(terminal[0].duplicate());
    out.push_back(std::move(terminal[0]));
    out.push_back(make_pipe().read);
    return out;
}

}  // namespace

void ask_for_terminal(const Context& context, proto::ExecRequest& request) {
    request.terminal = terminal_size();
    if (const auto term = context.environment.find("TERM"); term != context.environment.end())
        request.environment.emplace("TERM", term->second);
}

int run_exec(const Context& context, const proto::ExecRequest& request) {
    Signals signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    ::signal(SIGPIPE, SIG_IGN);
    Connection connection = Connection::open(context);
    OpenSession open;
    ask_for_session<proto::ExecReply>(connection, "exec", request, signals, open);
    open.session.detach_keys.clear();  // leaving would end it
    open.is_main = false;
    std::optional<RawMode> raw;
    if (open.streams.size() == 1 && !(::isatty(STDIN_FILENO) && ::isatty(STDOUT_FILENO))) {
        open.streams = as_pipes(std::move(open.streams));
        if (::isatty(STDIN_FILENO)) raw.emplace(STDIN_FILENO);
    }
    return see_session(context, std::move(connection), signals, std::move(open));
}

}  // namespace isag

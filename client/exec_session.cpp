// SPDX-License-Identifier: Apache-2.0
#include "client/exec_session.hpp"
#include "client/see_session.hpp"
#include "client/session.hpp"
#include <csignal>
#include <nlohmann/json.hpp>

namespace isag {

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
    return see_session(context, std::move(connection), signals, std::move(open));
}

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#include "client/commands.hpp"
#include "client/config_path.hpp"
#include "client/detach_option.hpp"
#include "client/net_target.hpp"
#include "client/see_session.hpp"
#include "client/session.hpp"
#include "common/error.hpp"
#include "proto/session.hpp"
#include <csignal>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace isag {

Syntax attach_syntax() {
    return {.command = "attach",
            .summary =
                "Connects the terminal to a running sandbox, which paints its screen as it stands.\n"
                "Ctrl-P Ctrl-Q leaves again, and so does closing the terminal. Of several terminals the one that\n"
                "attached or typed last types and gives the size.",
            .operands = "[NAME]",
            .kind = Operands::any,
            .options = {config_option(), detach_keys_option()},
            .examples = {"isag attach", "isag attach web"}};
}

int attach_run(const Context& context, const Arguments& arguments) {
    proto::AttachRequest request;
    request.target = target_argument(context, arguments, 0);
    if (!::isatty(STDIN_FILENO) || !::isatty(STDOUT_FILENO))
        throw Error("attach needs a terminal on stdin and stdout", "'isag logs' prints what a sandbox printed",
                    ErrorKind::usage);
    request.terminal = terminal_size();
    Signals signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    ::signal(SIGPIPE, SIG_IGN);
    Connection connection = Connection::open(context);
    OpenSession open;
    const auto reply = ask_for_session<proto::AttachReply>(connection, "attach", request, signals, open);
    open.config = reply.config.value_or(request.target.config.path);
    take_detach_keys(arguments, open.session);
    return see_session(context, std::move(connection), signals, std::move(open));
}

}  // namespace isag

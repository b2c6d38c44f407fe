// SPDX-License-Identifier: Apache-2.0
#include "client/commands.hpp"
#include "client/config_path.hpp"
#include "client/connection.hpp"
#include "client/output.hpp"
#include "client/select.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include <nlohmann/json.hpp>

namespace isag {

Syntax stop_syntax() {
    return {.command = "stop",
            .summary =
                "Stops sandboxes: SIGTERM, then SIGKILL. Their containers are gone afterwards.\n"
                "NAME is a name or a unique prefix of one; left out, the one running sandbox of the configuration.",
            .operands = "[NAME…]",
            .kind = Operands::any,
            .options = {{.name = "all", .help = "all of yours"},
                        {.name = "time",
                         .letter = 't',
                         .value = "SECONDS",
                         .help = "between SIGTERM and SIGKILL",
                         .fallback = "10"},
                        config_option()},
            .examples = {"isag stop web", "isag stop --all -t 0"}};
}

int stop_run(const Context& context, const Arguments& arguments) {
    proto::StopRequest request;
    request.names = arguments.operands();
    request.all = arguments.has("all");
    request.seconds = number_argument(arguments.value("time"), "--time", 0, 86400);
    if (request.all && !request.names.empty())
        throw Error("both --all and names were given", "leave one of them out", ErrorKind::usage);

    Connection connection = Connection::open(context);
    if (!request.all && request.names.empty()) {
        const auto running = connection.call<proto::PsReply>("ps", proto::Nothing());
        request.names = {only_sandbox_of(running.sandboxes, absolute_path(arguments.value("config")))};
    }
    const auto reply = connection.call<proto::StopReply>("stop", request);
    for (const auto& name : reply.stopped) print(escape_controls(name) + "\n");
    return 0;
}

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#include "client/commands.hpp"
#include "client/connection.hpp"
#include "client/json_output.hpp"
#include "client/output.hpp"
#include "client/ports_table.hpp"
#include "common/error.hpp"
#include <nlohmann/json.hpp>

namespace isag {

Syntax ports_syntax() {
    return {.command = "ports",
            .summary =
                "Lists what listens for TCP in the running sandboxes, and which ports lead there: those of\n"
                "'isag run -p', and those that clients forward now.",
            .operands = "[NAME]",
            .kind = Operands::any,
            .options = {{.name = "json", .help = "a JSON array"}},
            .examples = {"isag ports", "isag ports web --json | jq '.[].listeners[].port'"}};
}

int ports_run(const Context& context, const Arguments& arguments) {
    proto::PortsRequest request;
    if (arguments.operands().size() > 1)
        throw Error("unexpected argument '" + arguments.operands()[1] + "'", "for example: isag ports web",
                    ErrorKind::usage);
    if (!arguments.operands().empty()) request.name = arguments.operands().front();
    const auto reply = ask(context, [&](Connection& isagd) { return isagd.call<proto::PortsReply>("ports", request); });
    print(arguments.has("json") ? json_array(reply.sandboxes) : ports_table(reply.sandboxes));
    return 0;
}

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#include "client/commands.hpp"
#include "client/config_path.hpp"
#include "client/connection.hpp"
#include "client/net_target.hpp"
#include "client/output.hpp"
#include "common/escape.hpp"
#include "proto/session.hpp"
#include <nlohmann/json.hpp>

namespace isag {

Syntax unpause_syntax() {
    return {
        .command = "unpause",
        .summary =
            "Lets a sandbox go on that isag has paused, because a file or folder which it hides or protects was\n"
            "replaced or removed on this machine and could not be covered again: from then on the agent has it as it\n"
            "is. Prints the paths. 'isag ps' and 'isag events' show what is paused, and why.",
        .operands = "[NAME]",
        .kind = Operands::any,
        .options = {config_option()},
        .examples = {"isag unpause web"}};
}

int unpause_run(const Context& context, const Arguments& arguments) {
    proto::UnpauseRequest request;
    request.target = target_argument(context, arguments, 0);
    Connection isagd = Connection::open(context);
    const auto reply = isagd.call<proto::UnpauseReply>("unpause", request);
    for (const auto& path : reply.uncovered) print(escape_controls(path) + "\n");
    return 0;
}

}  // namespace isag

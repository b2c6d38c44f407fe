// SPDX-License-Identifier: Apache-2.0
#include "client/comeback.hpp"
#include "client/commands.hpp"
#include "client/config_path.hpp"
#include "client/connection.hpp"
#include "client/exit_status.hpp"
#include "client/net_target.hpp"
#include "client/output.hpp"
#include "proto/session.hpp"
#include <nlohmann/json.hpp>

namespace isag {

Syntax wait_syntax() {
    return {.command = "wait",
            .summary = "Waits until a sandbox has ended and prints its exit status; of one that has ended, at once.",
            .operands = "[NAME]",
            .kind = Operands::any,
            .options = {config_option()},
            .examples = {"isag run -d -- -p \"fix the tests\" && isag wait"}};
}

int wait_run(const Context& context, const Arguments& arguments) {
    proto::WaitRequest request;
    request.target = target_argument(context, arguments, 0);
    proto::WaitReply reply;
    Comeback comeback;
    comeback.run(context, [&](Connection& isagd) {
        isagd.call<proto::PsReply>("ps", proto::PsRequest());  // the answer to "wait" is a long time coming
        comeback.served();
        reply = isagd.call<proto::WaitReply>("wait", request);
    });
    print(std::to_string(exit_status(reply.exited)) + "\n");
    return 0;
}

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#include "client/commands.hpp"
#include "client/config_path.hpp"
#include "client/connection.hpp"
#include "client/json_output.hpp"
#include "client/net_target.hpp"
#include "client/output.hpp"
#include "common/escape.hpp"
#include <nlohmann/json.hpp>

namespace isag {

Syntax net_check_syntax() {
    return {.command = "net check",
            .summary =
                "Says whether a connection would be allowed, and which rule decides: exit status 0 for allow, 1 for "
                "deny.\n"
                "A sandbox that runs is asked itself; where none runs, the configuration says what would be.",
            .operands = "HOST[:PORT] [NAME]",
            .kind = Operands::any,
            .options = {config_option(), {.name = "json", .help = "the answer as a JSON object"}},
            .examples = {"isag net check api.github.com", "isag net check github.com:22 web --json"}};
}

namespace {

std::string json_of(const proto::net::CheckReply& reply) {
    nlohmann::json json{{"name", reply.name},
                        {"port", reply.port},
                        {"allowed", reply.verdict.allowed},
                        {"rule", reply.verdict.rule},
                        {"why", reply.verdict.why}};
    if (reply.sandbox) json["sandbox"] = *reply.sandbox;
    return json_document(json);
}

}  // namespace

int net_check_run(const Context& context, const Arguments& arguments) {
    proto::net::CheckRequest request;
    request.host = first_operand(arguments, "a host", "isag net check api.github.com:443");
    request.target = target_argument(context, arguments, 1);
    Connection connection = Connection::open(context);
    const auto reply = connection.call<proto::net::CheckReply>("net.check", request);
    if (arguments.has("json")) {
        print(json_of(reply));
    } else {
        const std::string who = reply.sandbox ? *reply.sandbox : arguments.value("config") + " (no sandbox runs)";
        print(std::string(reply.verdict.allowed ? "allow" : "deny") + "  " + escape_controls(reply.name) + ":" +
              std::to_string(reply.port) + "  " + escape_controls(reply.verdict.why) + "  [" + escape_controls(who) +
              "]\n");
    }
    return reply.verdict.allowed ? 0 : 1;
}

}  // namespace isag

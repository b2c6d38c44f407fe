// SPDX-License-Identifier: Apache-2.0
#include "client/net_change.hpp"
#include "client/config_path.hpp"
#include "client/connection.hpp"
#include "client/duration.hpp"
#include "client/json_output.hpp"
#include "client/net_target.hpp"
#include "client/output.hpp"
#include "client/ps_table.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include "proto/net.hpp"
#include <nlohmann/json.hpp>

namespace isag {
namespace {

using proto::net::ChangeReply;
using proto::net::ChangeRequest;

std::string live_text(const ChangeRequest& request, const ChangeReply& reply) {
    std::string out =
        escape_controls(*reply.sandbox) + ": " + (request.allow ? "allowed " : "denied ") + escape_controls(reply.rule);
    out += request.seconds ? " for " + short_duration(*request.seconds) : " until the sandbox ends";
    if (reply.cut > 0)
        out += ", " + std::to_string(reply.cut) + (reply.cut == 1 ? " open connection cut" : " open connections cut");
    return out + "\n";
}

std::string saved_text(const ChangeRequest& request, const ChangeReply& reply) {
    const std::string file = escape_controls(reply.saved->file);
    const std::string rule = escape_controls(reply.rule);
    if (reply.saved->changed) return file + (request.allow ? ": added " : ": removed ") + rule + "\n";
    return file + (request.allow ? ": allows " + rule + " already\n" : ": does not name " + rule + "\n");
}

void print_outcome(const ChangeRequest& request, const ChangeReply& reply) {
    if (reply.sandbox) print(live_text(request, reply));
    if (reply.saved && !reply.saved->problem) print(saved_text(request, reply));
}

}  // namespace

std::vector<Option> net_change_options() {
    return {{.name = "for", .value = "TIME", .help = "end the change after that long: 90s, 10m, 2h"},
            {.name = "save", .help = "write it to the sandbox's isag.yaml too; where none runs, only there"},
            config_option(),
            {.name = "json", .help = "what was done, as a JSON object"}};
}

int net_change(const Context& context, const Arguments& arguments, bool allow) {
    ChangeRequest request;
    request.allow = allow;
    request.domain =
        first_operand(arguments, "a name", std::string("isag net ") + (allow ? "allow" : "deny") + " example.com:443");
    request.target = target_argument(context, arguments, 1);
    if (const auto time = arguments.find("for")) request.seconds = duration_argument(*time, "--for");
    request.save = arguments.has("save");
    if (request.save && request.seconds)
        throw Error("both --for and --save were given", "a change that ends by itself is not written to the file",
                    ErrorKind::usage);
    Connection connection = Connection::open(context);
    const auto reply = connection.call<ChangeReply>("net.change", request);
    if (arguments.has("json"))
        print(json_document(proto::to_json(reply)));
    else
        print_outcome(request, reply);
    if (!reply.saved || !reply.saved->problem) return 0;
    throw Error("not written: " + *reply.saved->problem, reply.saved->hint.value_or(""));
}

}  // namespace isag

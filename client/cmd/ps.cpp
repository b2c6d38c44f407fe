// SPDX-License-Identifier: Apache-2.0
#include "client/commands.hpp"
#include "client/connection.hpp"
#include "client/json_output.hpp"
#include "client/output.hpp"
#include "client/ps_table.hpp"
#include "common/escape.hpp"
#include <ctime>
#include <nlohmann/json.hpp>

namespace isag {

Syntax ps_syntax() {
    return {
        .command = "ps",
        .summary = "Lists the sandboxes. CPU is the average since the start, of one core: 'isag top' has that of now.",
        .options = {{.name = "all", .letter = 'a', .help = "those that ended too, for a day, with their exit status"},
                    {.name = "quiet", .letter = 'q', .help = "only their names, one a line"},
                    {.name = "json", .help = "a JSON array"}},
        .examples = {"isag ps", "isag ps --json | jq -r '.[].project'"}};
}

int ps_run(const Context& context, const Arguments& arguments) {
    const proto::PsRequest request{arguments.has("all")};
    const auto reply = ask(context, [&](Connection& isagd) { return isagd.call<proto::PsReply>("ps", request); });
    if (arguments.has("json")) {
        print(json_array(reply.sandboxes));
    } else if (arguments.has("quiet")) {
        for (const auto& sandbox : reply.sandboxes) print(escape_controls(sandbox.name) + "\n");
    } else {
        print(ps_table(reply.sandboxes, std::time(nullptr)));
    }
    return 0;
}

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#include "client/commands.hpp"
#include "client/config_path.hpp"
#include "client/connection.hpp"
#include "client/json_output.hpp"
#include "client/net_show_text.hpp"
#include "client/net_target.hpp"
#include "client/output.hpp"
#include <nlohmann/json.hpp>

namespace isag {

Syntax net_show_syntax() {
    return {.command = "net show",
            .summary =
                "Shows what a running sandbox may reach: its rules, the names it asked for with the addresses that\n"
                "stand for them inside and their open connections, its resolvers, and what was refused and moved.",
            .operands = "[NAME]",
            .kind = Operands::any,
            .options = {{.name = "ruleset", .help = "the nftables ruleset as it is loaded, instead"},
                        config_option(),
                        {.name = "json", .help = "all of it as a JSON object"}},
            .examples = {"isag net show", "isag net show web --ruleset", "isag net show --json | jq .state.rules"}};
}

int net_show_run(const Context& context, const Arguments& arguments) {
    const auto target = target_argument(context, arguments, 0);
    Connection connection = Connection::open(context);
    const auto shown = connection.call<proto::net::Shown>("net.show", target);
    if (arguments.has("json"))
        print(json_document(proto::to_json(shown)));
    else if (arguments.has("ruleset"))
        print(escape_lines(shown.state.ruleset));
    else
        print(net_show_text(shown));
    return 0;
}

}  // namespace isag

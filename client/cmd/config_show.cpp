// SPDX-License-Identifier: Apache-2.0
#include "client/commands.hpp"
#include "client/config_path.hpp"
#include "client/connection.hpp"
#include "client/output.hpp"
#include "proto/config.hpp"
#include <nlohmann/json.hpp>

namespace isag {

Syntax config_show_syntax() {
    return {.command = "config show",
            .summary = "Prints the configuration that holds: defaults filled in, paths resolved.",
            .options = {config_option(), {.name = "json", .help = "as JSON instead of YAML"}},
            .examples = {"isag config show", "isag config show --json | jq .container"}};
}

int config_show_run(const Context& context, const Arguments& arguments) {
    const auto source = config_source(context, arguments);
    const auto shown =
        ask(context, [&](Connection& isagd) { return isagd.call<proto::ConfigText>("config.show", source); });
    std::string text = arguments.has("json") ? shown.json : shown.yaml;
    if (!text.ends_with('\n')) text += '\n';
    print(escape_lines(text));
    return 0;
}

}  // namespace isag

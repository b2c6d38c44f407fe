// SPDX-License-Identifier: Apache-2.0
#include "client/commands.hpp"
#include "client/config_path.hpp"
#include "client/connection.hpp"
#include "client/json_output.hpp"
#include "client/output.hpp"
#include "common/escape.hpp"
#include "proto/config.hpp"
#include <nlohmann/json.hpp>

namespace isag {

Syntax config_check_syntax() {
    return {.command = "config check",
            .summary = "Validates a configuration and reports all of its errors.",
            .options = {config_option(), {.name = "json", .help = "the errors as a JSON array on stdout"}},
            .examples = {"isag config check", "isag config check -c web.yaml --json"}};
}

namespace {

std::string line_of(const proto::Finding& finding) {
    std::string place = finding.file;
    if (finding.line > 0) place += ":" + std::to_string(finding.line) + ":" + std::to_string(finding.column);
    return escape_controls(place + (finding.key.empty() ? "" : ": " + finding.key) + ": " + finding.message) + "\n";
}

}  // namespace

int config_check_run(const Context& context, const Arguments& arguments) {
    const auto source = config_source(context, arguments);
    const auto report =
        ask(context, [&](Connection& isagd) { return isagd.call<proto::ConfigReport>("config.check", source); });
    if (arguments.has("json"))
        print(json_array(report.findings));
    else if (report.findings.empty())
        print(arguments.value("config") + ": ok\n");
    else
        for (const auto& finding : report.findings) print_error(line_of(finding));
    return report.findings.empty() ? 0 : 1;
}

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#include "client/commands.hpp"
#include "client/config_path.hpp"
#include "client/connection.hpp"
#include "client/output.hpp"
#include "client/select.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include <algorithm>
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

namespace {

std::vector<proto::SandboxInfo> running(Connection& isagd) {
    return isagd.call<proto::PsReply>("ps", proto::PsRequest()).sandboxes;
}

bool is_prefix_of_any(const std::string& name, const std::vector<proto::SandboxInfo>& sandboxes) {
    return std::any_of(sandboxes.begin(), sandboxes.end(),
                       [&](const auto& sandbox) { return sandbox.name.starts_with(name); });
}

// The names of those that were stopped. An isagd that goes away in the middle may have stopped some: the next one is
// asked for the rest.
std::vector<std::string> stop(const Context& context, proto::StopRequest request, const std::string& config) {
    std::vector<std::string> done;
    bool asked = false;
    return ask(context, [&](Connection& isagd) {
        if (!request.all && request.names.empty()) request.names = {only_sandbox_of(running(isagd), config)};
        if (asked && !request.all) {
            const auto left = running(isagd);
            const auto gone = std::stable_partition(request.names.begin(), request.names.end(),
                                                    [&](const auto& name) { return is_prefix_of_any(name, left); });
            done.insert(done.end(), gone, request.names.end());
            request.names.erase(gone, request.names.end());
            if (request.names.empty()) return done;
        }
        asked = true;
        const auto reply = isagd.call<proto::StopReply>("stop", request);
        done.insert(done.end(), reply.stopped.begin(), reply.stopped.end());
        return done;
    });
}

}  // namespace

int stop_run(const Context& context, const Arguments& arguments) {
    proto::StopRequest request;
    request.names = arguments.operands();
    request.all = arguments.has("all");
    request.seconds = number_argument(arguments.value("time"), "--time", 0, 86400);
    if (request.all && !request.names.empty())
        throw Error("both --all and names were given", "leave one of them out", ErrorKind::usage);

    const auto stopped = stop(context, std::move(request), absolute_path(arguments.value("config")));
    for (const auto& name : stopped) print(escape_controls(name) + "\n");
    return 0;
}

}  // namespace isag

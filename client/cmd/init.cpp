// SPDX-License-Identifier: Apache-2.0
#include "client/commands.hpp"
#include "client/config_path.hpp"
#include "client/connection.hpp"
#include "client/new_file.hpp"
#include "client/output.hpp"
#include "client/progress.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include "common/file.hpp"
#include "proto/config.hpp"
#include <filesystem>
#include <nlohmann/json.hpp>

namespace isag {

Syntax init_syntax() {
    return {.command = "init",
            .summary = "Writes a commented starter configuration.",
            .options =
                {{.name = "output", .letter = 'o', .value = "FILE", .help = "where to", .fallback = "isag.yaml"},
                 {.name = "force", .help = "replace a file that exists"},
                 {.name = "extended", .help = "with more domains, and examples of mounts, exclude and env"},
                 {.name = "gpu", .help = "for a sandbox with a GPU"},
                 {.name = "vendor", .value = "VENDOR", .help = "the agent, claude or codex", .fallback = "claude"},
                 {.name = "project", .value = "PATH", .help = "the project folder; left out, the one the file is in"}},
            .examples = {"isag init", "isag init --vendor codex --project ~/src/web -o web.yaml"}};
}

int init_run(const Context& context, const Arguments& arguments) {
    const std::string file = arguments.value("output");
    const bool force = arguments.has("force");
    proto::TemplateRequest request;
    request.environment = context.environment;
    request.extended = arguments.has("extended");
    request.gpu = arguments.has("gpu");
    request.vendor = arguments.value("vendor");
    if (request.vendor != "claude" && request.vendor != "codex")
        throw Error("'" + request.vendor + "' is no vendor", "--vendor takes claude or codex", ErrorKind::usage);
    if (const auto project = arguments.find("project"))
        request.project = in_home_form(absolute_path(*project), context.directories.home);
    if (!force) refuse_existing(file);

    Connection connection = Connection::open(context);
    ProgressView notices(context.environment);
    CallOptions call;
    call.on_notification = [&](const proto::Message& message) { notices.handle(message); };
    const auto reply = connection.call<proto::Template>("config.template", request, call);
    if (force)
        write_file(file, reply.text, 0644);
    else
        write_new_file(file, reply.text, 0644);
    print("Wrote " + escape_controls(file) + " (project: " + escape_controls(reply.project) + ")\n");
    return 0;
}

}  // namespace isag

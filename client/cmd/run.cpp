// SPDX-License-Identifier: Apache-2.0
#include "client/commands.hpp"
#include "client/config_path.hpp"
#include "client/connection.hpp"
#include "client/env_option.hpp"
#include "client/exit_status.hpp"
#include "client/image_build.hpp"
#include "client/output.hpp"
#include "client/progress.hpp"
#include "client/session.hpp"
#include "common/error.hpp"
#include <csignal>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace isag {

Syntax run_syntax() {
    return {.command = "run",
            .summary =
                "Builds the image if its content changed, starts a sandbox and connects the terminal.\n"
                "An ARG that starts with '-' makes them all arguments of the agent; else they are a command that\n"
                "is run instead of it. Without a terminal on stdin and stdout the streams pass unchanged.",
            .operands = "[--] [ARG…]",
            .kind = Operands::rest,
            .options = {config_option(),
                        {.name = "name", .value = "NAME", .help = "of the sandbox; left out, the daemon makes one"},
                        {.name = "build-only", .help = "build the image, start nothing"},
                        {.name = "rebuild", .help = "build the image although it is there"},
                        {.name = "env",
                         .letter = 'e',
                         .value = "K=V",
                         .help = "set a variable inside; K alone passes yours on",
                         .many = true}},
            .examples = {"isag run", "isag run -- -p \"fix the tests\"", "isag run -- bash -lc 'id'"}};
}

namespace {

proto::RunRequest make_request(const Context& context, const Arguments& arguments, bool terminal) {
    proto::RunRequest request;
    request.config = config_source(context, arguments);
    request.image.rebuild = arguments.has("rebuild");
    request.name = arguments.find("name");
    request.arguments = arguments.operands();
    request.extra_environment = extra_environment(arguments.all("env"), context.environment);
    if (terminal) request.terminal = terminal_size();
    return request;
}

}  // namespace

int run_run(const Context& context, const Arguments& arguments) {
    if (arguments.has("build-only")) {
        proto::ImageOptions options;
        options.rebuild = arguments.has("rebuild");
        build_image(context, config_source(context, arguments), options);
        return 0;
    }
    const bool terminal = ::isatty(STDIN_FILENO) && ::isatty(STDOUT_FILENO);
    const auto request = make_request(context, arguments, terminal);
    Signals signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    ::signal(SIGPIPE, SIG_IGN);  // a closed stdout ends that stream, not this process
    Connection connection = Connection::open(context);

    std::vector<UniqueFd> fds;
    ProgressView progress(context.environment);
    CallOptions options;
    options.on_notification = [&](const proto::Message& message) { progress.handle(message); };
    options.signals = &signals;
    options.fds = &fds;
    const auto reply = connection.call<proto::RunReply>("run", request, options);
    progress.clear();
    if (fds.size() != (terminal ? 1U : 3U)) throw Error("isagd sent " + std::to_string(fds.size()) + " descriptors");

    print_error("isag: artifacts: " + escape_lines(reply.artifacts) + "\n");
    keep_ssh_keys(reply.artifacts);
    return exit_status(terminal ? run_terminal_session(connection, signals, std::move(fds[0]))
                                : run_pipe_session(connection, signals, std::move(fds)));
}

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#include "client/commands.hpp"
#include "client/config_path.hpp"
#include "client/connection.hpp"
#include "client/detach_option.hpp"
#include "client/env_option.hpp"
#include "client/image_build.hpp"
#include "client/lost_start.hpp"
#include "client/output.hpp"
#include "client/progress.hpp"
#include "client/publish_option.hpp"
#include "client/see_session.hpp"
#include "client/session.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include <csignal>
#include <cstdint>
#include <ctime>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace isag {

Syntax run_syntax() {
    return {.command = "run",
            .summary =
                "Builds the image if its content changed, starts a sandbox and connects the terminal.\n"
                "Where the first ARG starts with '-', all are arguments of the agent; else they are a command that\n"
                "is run instead of it. Without a terminal on stdin and stdout the streams pass unchanged.\n"
                "Ctrl-P Ctrl-Q, or closing the terminal, leaves it running: 'isag attach' comes back.",
            .operands = "[--] [ARG…]",
            .kind = Operands::rest,
            .options = {config_option(),
                        {.name = "name", .value = "NAME", .help = "of the sandbox; left out, the daemon makes one"},
                        {.name = "detach", .letter = 'd', .help = "start it and leave it running; prints its name"},
                        detach_keys_option(),
                        {.name = "build-only", .help = "build the image, start nothing"},
                        {.name = "rebuild", .help = "build the image although it is there"},
                        {.name = "learn",
                         .help = "UNPROTECTED: let every public name through, record it, and list it at the end"},
                        {.name = "save", .help = "with --learn: add what was used to the configuration"},
                        {.name = "publish",
                         .letter = 'p',
                         .value = "[[ADDRESS:]HOSTPORT:]PORT",
                         .help = "lead a port here (127.0.0.1 and ::1) to one of the sandbox, for its whole life",
                         .many = true},
                        {.name = "env",
                         .letter = 'e',
                         .value = "K=V",
                         .help = "set a variable inside; K alone passes yours on",
                         .many = true}},
            .examples = {"isag run", "isag run -- -p \"fix the tests\"", "isag run -- bash -lc 'id'",
                         "isag run -d --name web", "isag run -p 8080:80", "isag run --learn -- npm ci"},
            .elsewhere =
                "the agent's own go behind --, as in 'isag run -- --resume'; a terminal is there where you "
                "have one, and what ends is removed: no -it, no --rm"};
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
    request.detach = arguments.has("detach");
    request.learn = arguments.has("learn");
    request.save_learned = arguments.has("save");
    for (const auto& text : arguments.all("publish")) {
        auto forward = parse_publish(text);
        if (!forward) throw Error(forward.error(), ErrorKind::usage);
        request.publish.push_back(std::move(*forward));
    }
    if (request.save_learned && !request.learn)
        throw Error("--save goes with --learn", "'isag net allow NAME --save' writes one name", ErrorKind::usage);
    return request;
}

proto::RunReply start(const Context& context, Connection& isagd, const proto::RunRequest& request, Signals& signals,
                      OpenSession& open) {
    ProgressView progress(context.environment);
    const auto show = [&](const proto::Message& message) { progress.handle(message); };
    const std::int64_t asked = ::time(nullptr);
    try {
        auto reply = ask_for_session<proto::RunReply>(isagd, "run", request, signals, open, show);
        progress.clear();
        return reply;
    } catch (const DaemonGone& gone) {
        progress.clear();
        throw lost_start(context, request, asked, gone, signals);
    }
}

}  // namespace

int run_run(const Context& context, const Arguments& arguments) {
    if (arguments.has("build-only")) {
        proto::ImageOptions options;
        options.rebuild = arguments.has("rebuild");
        build_image(context, config_source(context, arguments), options);
        return 0;
    }
    // Detached there is always one, to attach to.
    const bool terminal = arguments.has("detach") || (::isatty(STDIN_FILENO) && ::isatty(STDOUT_FILENO));
    proto::Session keys;
    take_detach_keys(arguments, keys);
    const auto request = make_request(context, arguments, terminal);
    if (request.learn)
        print_error(
            "isag: LEARNING: THIS SANDBOX IS NOT PROTECTED. Every public name is let through and recorded;\n"
            "  what the agent can read may leave. Without --learn the firewall is back.\n");
    Signals signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    ::signal(SIGPIPE, SIG_IGN);  // a closed stdout ends that stream, not this process
    Connection connection = Connection::open(context);

    OpenSession open;
    const auto reply = start(context, connection, request, signals, open);
    print_error("isag: artifacts: " + escape_lines(reply.artifacts) + "\n");
    keep_ssh_keys(reply.artifacts);
    if (request.detach) return print(escape_controls(reply.name) + "\n"), 0;
    open.config = request.config.path;
    take_detach_keys(arguments, open.session);
    return see_session(context, std::move(connection), signals, std::move(open));
}

}  // namespace isag

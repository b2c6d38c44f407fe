// SPDX-License-Identifier: Apache-2.0
#include "client/commands.hpp"
#include "client/config_path.hpp"
#include "client/connection.hpp"
#include "client/duration.hpp"
#include "client/net_event.hpp"
#include "client/net_target.hpp"
#include "client/output.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include <nlohmann/json.hpp>

namespace isag {

Syntax net_log_syntax() {
    return {.command = "net log",
            .summary =
                "Lists what a running sandbox was refused: time, sandbox, name or address and port, and why.\n"
                "isagd remembers the latest 1000 connections of each sandbox; alike ones are counted together.",
            .operands = "[NAME]",
            .kind = Operands::any,
            .options = {{.name = "follow", .letter = 'f', .help = "and what happens from now on, until it ends"},
                        {.name = "all", .letter = 'a', .help = "what was allowed too"},
                        {.name = "since", .value = "TIME", .help = "only what is younger: 90s, 10m, 2h"},
                        {.name = "tail", .value = "N", .help = "only the latest N"},
                        config_option(),
                        {.name = "json", .help = "a JSON array; with --follow an object a line"}},
            .examples = {"isag net log", "isag net log -f --all", "isag net log web --json | jq -r '.[].target'"}};
}

namespace {

using proto::gate::Event;
using proto::net::Log;
using proto::net::LogRequest;

LogRequest make_request(const Context& context, const Arguments& arguments) {
    LogRequest request;
    request.target = target_argument(context, arguments, 0);
    request.all = arguments.has("all");
    request.follow = arguments.has("follow");
    if (const auto since = arguments.find("since")) request.since = since_argument(*since, "--since");
    if (const auto tail = arguments.find("tail")) request.tail = number_argument(*tail, "--tail", 0, 1'000'000);
    return request;
}

std::string json_line(const std::string& sandbox, const Event& event) {
    return event_json(sandbox, event).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

void print_events(const Log& log, const Arguments& arguments) {
    std::string out;
    if (arguments.has("json") && !arguments.has("follow")) {
        auto array = nlohmann::json::array();
        for (const auto& event : log.events) array.push_back(event_json(log.sandbox, event));
        out = array.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    } else {
        for (const auto& event : log.events)
            out += arguments.has("json") ? json_line(log.sandbox, event) : event_line(log.sandbox, event);
    }
    print(out);
    if (log.forgotten > 0)
        print_error("isag: " + std::to_string(log.forgotten) + " more were too many to be told one by one\n");
}

// Until the sandbox ends.
void follow(Connection& connection, const std::string& sandbox, bool json) {
    for (;;) {
        const auto incoming = connection.receive();
        const auto& message = incoming.message;
        if (message.method == "net.ended") return;
        if (message.method != "net.event") continue;
        const auto event = proto::from_json<Event>(*message.payload, "net.event").value();
        print(json ? json_line(sandbox, event) : event_line(sandbox, event));
    }
}

}  // namespace

int net_log_run(const Context& context, const Arguments& arguments) {
    const auto request = make_request(context, arguments);
    Connection connection = Connection::open(context);
    const auto log = connection.call<Log>("net.log", request);
    print_events(log, arguments);
    if (!request.follow) return 0;
    follow(connection, log.sandbox, arguments.has("json"));
    print_error("isag: the sandbox " + escape_controls(log.sandbox) + " has ended\n");
    return 0;
}

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#include "client/comeback.hpp"
#include "client/commands.hpp"
#include "client/config_path.hpp"
#include "client/connection.hpp"
#include "client/duration.hpp"
#include "client/json_output.hpp"
#include "client/net_event.hpp"
#include "client/net_target.hpp"
#include "client/output.hpp"
#include "client/shown.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

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

void print_events(const Log& log, const Arguments& arguments) {
    std::string out;
    if (arguments.has("json") && !arguments.has("follow")) {
        auto array = nlohmann::json::array();
        for (const auto& event : log.events) array.push_back(event_json(log.sandbox, event));
        out = json_document(array);
    } else {
        for (const auto& event : log.events)
            out += arguments.has("json") ? json_line(event_json(log.sandbox, event)) : event_line(log.sandbox, event);
    }
    print(out);
    if (log.forgotten > 0)
        print_error("isag: " + std::to_string(log.forgotten) + " more were too many to be told one by one\n");
}

bool runs(Connection& isagd, const std::string& name) {
    const auto reply = isagd.call<proto::PsReply>("ps", proto::PsRequest());
    return std::any_of(reply.sandboxes.begin(), reply.sandboxes.end(),
                       [&](const proto::SandboxInfo& sandbox) { return sandbox.name == name; });
}

// isag net log -f, with one isagd after another.
class NetLogFollower {
public:
    NetLogFollower(const Arguments& arguments, LogRequest request)
        : arguments_(arguments), request_(std::move(request)) {}

    // Until the sandbox ends, whose name is returned.
    std::string run(const Context& context) {
        comeback_.run(context, [this](Connection& isagd) {
            if (begin(isagd)) follow(isagd);
        });
        return *sandbox_;
    }

private:
    // False where the sandbox has ended while no isagd was there.
    bool begin(Connection& isagd) {
        Log log;
        try {
            log = isagd.call<Log>("net.log", request_);
        } catch (const DaemonGone&) {
            throw;
        } catch (const Error&) {
            if (!sandbox_ || runs(isagd, *sandbox_)) throw;
            return false;
        }
        comeback_.served();
        if (std::exchange(sandbox_, log.sandbox)) log.forgotten = 0;  // that was told
        log.events = shown_.behind(std::move(log.events));
        print_events(log, arguments_);
        for (const auto& event : log.events) shown_.add(event);
        // What was not wanted at first is not later.
        if (request_.tail && shown_.empty()) request_.since = milliseconds_now();
        request_.target.name = sandbox_;
        request_.tail.reset();
        return true;
    }

    void follow(Connection& isagd) {
        for (;;) {
            const auto incoming = isagd.receive();
            const auto& message = incoming.message;
            if (message.method == "net.ended") return;
            if (message.method != "net.event") continue;
            const auto event = proto::from_json<Event>(*message.payload, "net.event").value();
            print(arguments_.has("json") ? json_line(event_json(*sandbox_, event)) : event_line(*sandbox_, event));
            shown_.add(event);
        }
    }

    const Arguments& arguments_;
    LogRequest request_;
    std::optional<std::string> sandbox_;  // once an isagd has answered
    Shown shown_;
    Comeback comeback_;
};

}  // namespace

int net_log_run(const Context& context, const Arguments& arguments) {
    const auto request = make_request(context, arguments);
    if (!request.follow) {
        print_events(ask(context, [&](Connection& isagd) { return isagd.call<Log>("net.log", request); }), arguments);
        return 0;
    }
    const auto sandbox = NetLogFollower(arguments, request).run(context);
    print_error("isag: the sandbox " + escape_controls(sandbox) + " has ended\n");
    return 0;
}

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#include "client/clock_text.hpp"
#include "client/comeback.hpp"
#include "client/commands.hpp"
#include "client/connection.hpp"
#include "client/duration.hpp"
#include "client/json_output.hpp"
#include "client/output.hpp"
#include "client/shown.hpp"
#include "common/escape.hpp"
#include "proto/session.hpp"
#include <nlohmann/json.hpp>

namespace isag {

Syntax events_syntax() {
    return {.command = "events",
            .summary =
                "Lists what happened to sandboxes, images and policies: up to 1000 of the latest, those under earlier "
                "isagds too.",
            .options = {{.name = "follow", .letter = 'f', .help = "and what happens from now on"},
                        {.name = "since", .value = "TIME", .help = "only what is younger: 90s, 10m, 2h"},
                        {.name = "json", .help = "a JSON array; with --follow an object a line"}},
            .examples = {"isag events -f", "isag events --json | jq -r '.[].what'"}};
}

namespace {

using proto::DaemonEvent;

nlohmann::json as_json(const DaemonEvent& event) {
    auto out = proto::to_json(event);
    out["time"] = utc_time(event.time);
    return out;
}

std::string line_of(const DaemonEvent& event, bool json) {
    if (json) return json_line(as_json(event));
    std::string line = local_time(event.time) + "  " + event.what + "  " + event.subject;
    for (const auto& [key, value] : event.details) line += "  " + key + "=" + value;
    return escape_controls(line) + "\n";
}

void print_all(const proto::EventsReply& reply, bool json) {
    if (json) {
        auto array = nlohmann::json::array();
        for (const auto& event : reply.events) array.push_back(as_json(event));
        return print(json_document(array));
    }
    for (const auto& event : reply.events) print(line_of(event, json));
}

// isag events -f, with one isagd after another, until a signal.
void follow_events(const Context& context, const proto::EventsRequest& request, bool json) {
    Shown shown;
    const auto show = [&](const DaemonEvent& event) {
        print(line_of(event, json));
        shown.add(event);
    };
    Comeback comeback;
    comeback.run(context, [&](Connection& isagd) {
        const auto reply = isagd.call<proto::EventsReply>("events", request);
        comeback.served();
        for (const auto& event : shown.behind(reply.events)) show(event);
        for (;;) {
            const auto incoming = isagd.receive();
            if (incoming.message.method == "event")
                show(proto::from_json<DaemonEvent>(*incoming.message.payload, "event").value());
        }
    });
}

}  // namespace

int events_run(const Context& context, const Arguments& arguments) {
    proto::EventsRequest request;
    request.follow = arguments.has("follow");
    if (const auto since = arguments.find("since")) request.since = since_argument(*since, "--since");
    const bool json = arguments.has("json");
    if (request.follow)
        follow_events(context, request, json);
    else
        print_all(ask(context, [&](Connection& isagd) { return isagd.call<proto::EventsReply>("events", request); }),
                  json);
    return 0;
}

}  // namespace isag

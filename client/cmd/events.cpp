// SPDX-License-Identifier: Apache-2.0
#include "client/clock_text.hpp"
#include "client/commands.hpp"
#include "client/connection.hpp"
#include "client/duration.hpp"
#include "client/output.hpp"
#include "common/escape.hpp"
#include "proto/session.hpp"
#include <nlohmann/json.hpp>

namespace isag {

Syntax events_syntax() {
    return {.command = "events",
            .summary = "Lists what happened to sandboxes, images and policies since isagd started, the latest 1000.",
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
    if (json) return as_json(event).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    std::string line = local_time(event.time) + "  " + event.what + "  " + event.subject;
    for (const auto& [key, value] : event.details) line += "  " + key + "=" + value;
    return escape_controls(line) + "\n";
}

void print_all(const std::vector<DaemonEvent>& events, bool json, bool follow) {
    if (json && !follow) {
        auto array = nlohmann::json::array();
        for (const auto& event : events) array.push_back(as_json(event));
        return print(array.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    }
    for (const auto& event : events) print(line_of(event, json));
}

// Until isagd goes away.
void follow_events(Connection& connection, bool json) {
    for (;;) {
        const auto incoming = connection.receive();
        if (incoming.message.method == "event")
            print(line_of(proto::from_json<DaemonEvent>(*incoming.message.payload, "event").value(), json));
    }
}

}  // namespace

int events_run(const Context& context, const Arguments& arguments) {
    proto::EventsRequest request;
    request.follow = arguments.has("follow");
    if (const auto since = arguments.find("since")) request.since = since_argument(*since, "--since");
    const bool json = arguments.has("json");
    for (;;) {
        Connection connection = Connection::open(context);
        const auto reply = connection.call<proto::EventsReply>("events", request);
        print_all(reply.events, json, request.follow);
        if (!request.follow) return 0;
        try {
            follow_events(connection, json);
        } catch (const DaemonGone&) {  // the next one remembers nothing of before
        }
    }
}

}  // namespace isag

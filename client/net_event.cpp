// SPDX-License-Identifier: Apache-2.0
#include "client/net_event.hpp"
#include "client/clock_text.hpp"
#include "common/escape.hpp"
#include <nlohmann/json.hpp>

namespace isag {
namespace {

// A gate tells the rule that allowed; of the gate itself isagd tells the whole reason.
std::string reason_of(const proto::gate::Event& event) {
    if (!event.allowed || event.protocol == "gate") return escape_controls(event.why);
    return event.why.empty() ? "let through" : "by " + escape_controls(event.why);
}

}  // namespace

std::string place_of(const proto::gate::Event& event) {
    const std::string target = escape_controls(event.target);
    if (event.port == 0) return target;
    return (target.find(':') == std::string::npos ? target : "[" + target + "]") + ":" + std::to_string(event.port);
}

std::string event_line(const std::string& sandbox, const proto::gate::Event& event) {
    std::string what = escape_controls(event.protocol);
    if (event.count > 1) what += ", " + std::to_string(event.count) + " times";
    return local_time(event.time) + "  " + escape_controls(sandbox) + "  " + (event.allowed ? "allowed" : "refused") +
           "  " + place_of(event) + "  (" + what + ")  " + reason_of(event) + "\n";
}

nlohmann::json event_json(const std::string& sandbox, const proto::gate::Event& event) {
    auto json = proto::to_json(event);
    json["time"] = utc_time(event.time);
    json["sandbox"] = sandbox;
    return json;
}

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/page.hpp"
#include "daemon/gate/settings.hpp"
#include <ctime>
#include <nlohmann/json.hpp>

namespace isag::gate {
namespace {

using nlohmann::json;

constexpr const char* how_to_allow = "isag net allow NAME NAME_OF_SANDBOX";

std::string utc(std::int64_t milliseconds) {
    const std::time_t seconds = milliseconds / 1000;
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char text[32];
    const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return {text, size};
}

std::string target_of(const proto::gate::Event& event) {
    if (event.port == 0) return event.target;
    const bool v6 = event.target.find(':') != std::string::npos;
    return (v6 ? "[" + event.target + "]" : event.target) + ":" + std::to_string(event.port);
}

std::string rules_text(const Shared& shared) {
    std::string out;
    for (const auto& live : shared.policy.live())
        out += "  " + live.rule.text() + (live.allow ? "" : "  denied") + "  (set while the sandbox runs)\n";
    for (const auto& rule : shared.policy.rules()) out += "  " + rule.text() + "\n";
    for (const auto& [name, addresses] : shared.siblings) out += "  " + name + "  (on an external network)\n";
    if (shared.learn) out += "  any public name: what is used is recorded\n";
    return out.empty() ? "  nothing\n" : out;
}

std::string refused_text(const Shared& shared) {
    std::string out;
    for (const auto& event : shared.events.recent()) {
        out += "  " + utc(event.time) + "  " + event.protocol + "  " + target_of(event) + "  " + event.why;
        out += event.count > 1 ? "  (" + std::to_string(event.count) + " times)\n" : "\n";
    }
    return out.empty() ? "  nothing yet\n" : out;
}

std::string text_page(const Shared& shared) {
    return "The network of this sandbox is limited by isag: programs reach allowed names over TCP, and nothing "
           "else.\n\n"
           "Allowed:\n" +
           rules_text(shared) + "\nRefused lately (times in UTC, the newest last):\n" + refused_text(shared) +
           "\nNothing in the sandbox can change this. The person who runs it can, on the host:\n  " + how_to_allow +
           "\nThe same as JSON: http://isag.internal/json\n";
}

std::string json_page(const Shared& shared) {
    json rules = json::array();
    for (const auto& rule : state(shared, Clock::now()).rules) rules.push_back(proto::to_json(rule));
    json refused = json::array();
    for (const auto& event : shared.events.recent()) refused.push_back(proto::to_json(event));
    json names = json::array();
    for (const auto& [name, addresses] : shared.siblings) names.push_back(name);
    const json out = {{"rules", rules},
                      {"external", names},
                      {"learn", shared.learn},
                      {"refused", refused},
                      {"how_to_allow", how_to_allow}};
    return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string page(std::string_view path, const Shared& shared) {
    if (path == "/") return text_page(shared);
    if (path == "/json") return json_page(shared);
    return {};
}

}  // namespace isag::gate

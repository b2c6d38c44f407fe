// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/port_holder.hpp"
#include "common/escape.hpp"
#include "daemon/firewall/process_status.hpp"
#include "daemon/sandbox/host_listener.hpp"
#include <algorithm>

namespace isag::api {
namespace {

bool has_port(const std::vector<proto::Forward>& forwards, std::int64_t port) {
    return std::any_of(forwards.begin(), forwards.end(), [&](const auto& one) { return one.listen.port == port; });
}

std::string place_text(const proto::Endpoint& place) {
    if (!place.path.empty()) return escape_controls(place.path);
    return (place.host.empty() ? "localhost" : escape_controls(place.host)) + " port " + std::to_string(place.port);
}

}  // namespace

std::string publisher_of(const Daemon& daemon, std::int64_t port) {
    for (const auto& sandbox : daemon.registry.list()) {
        const auto& published = sandbox->record().published;
        if (published && has_port(*published, port) && !has_port(sandbox->waiting_ports(), port))
            return "the sandbox " + sandbox->record().name + " (isag run -p)";
    }
    return sandbox::some_sandbox;
}

std::vector<sandbox::HeldListener> inner_listeners(sandbox::Sandbox& sandbox) {
    const auto gate = firewall::process_status(sandbox.gate().expected());
    const auto init = static_cast<pid_t>(sandbox.pid());
    const auto& known = sandbox.record().pid_namespace;
    return sandbox::sandbox_listeners(init, known ? known : sandbox::pid_namespace_of(init),
                                      gate ? std::optional(gate->uid) : std::nullopt);
}

std::optional<std::string> inner_port_holder(const std::vector<sandbox::HeldListener>& listeners,
                                             const std::vector<proto::Forward>& forwards, std::int64_t port) {
    for (const auto& listener : listeners)
        if (listener.socket.port == port && listener.holder) return listener.holder->name;
    for (const auto& forward : forwards)
        if (forward.kind == "remote" && forward.listen.port == port)
            return "another 'isag ssh -R', which leads to this machine's " + place_text(forward.to);
    return std::nullopt;
}

}  // namespace isag::api

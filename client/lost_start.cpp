// SPDX-License-Identifier: Apache-2.0
#include "client/lost_start.hpp"
#include "client/exit_status.hpp"
#include "common/escape.hpp"
#include <nlohmann/json.hpp>
#include <string>

namespace isag {
namespace {

constexpr const char* nothing_stays = "nothing of the sandbox stays: run it again";
constexpr const char* removed_later = "what there is of the sandbox the next isagd removes: run it again";

std::string fate_of(const proto::SandboxInfo& sandbox, bool has_terminal) {
    if (sandbox.status == "starting") return removed_later;  // the engine keeps that isagd waiting
    const std::string name = escape_controls(sandbox.name), started = "the sandbox " + name + " had started and ";
    if (sandbox.exit)
        return started + "has ended with exit status " + std::to_string(exit_status(*sandbox.exit)) + ": " +
               (has_terminal ? "'isag logs " + name + "'" : "'isag ps -a'");
    if (has_terminal) return started + "runs on: 'isag attach " + name + "'";
    return started + "ends with this client: what its command has done stays";
}

std::string advice(const Context& context, const proto::RunRequest& request, std::int64_t asked, Signals& signals) {
    Connection next = Connection::open(context);
    CallOptions options;
    options.signals = &signals;
    proto::PsRequest everything;
    everything.all = true;
    const auto reply = next.call<proto::PsReply>("ps", everything, options);
    for (const auto& sandbox : reply.sandboxes) {
        if (sandbox.config != request.config.path || sandbox.started < asked) continue;
        if (request.name && sandbox.name != *request.name) continue;
        return fate_of(sandbox, request.terminal.has_value());
    }
    return nothing_stays;
}

}  // namespace

Error lost_start(const Context& context, const proto::RunRequest& request, std::int64_t asked, const DaemonGone& gone,
                 Signals& signals) {
    std::string what;
    try {
        what = advice(context, request, asked, signals);
    } catch (const Error&) {
        what = removed_later;
    }
    return Error(gone.message(), what + "\n" + gone.hint(), gone.kind());
}

}  // namespace isag

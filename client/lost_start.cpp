// SPDX-License-Identifier: Apache-2.0
#include "client/lost_start.hpp"
#include "common/escape.hpp"
#include <nlohmann/json.hpp>
#include <string>

namespace isag {
namespace {

constexpr const char* nothing_stays = "nothing of the sandbox stays: run it again";
constexpr const char* removed_later = "what there is of the sandbox the next isagd removes: run it again";

std::string advice(const Context& context, const proto::RunRequest& request, std::int64_t asked, Signals& signals) {
    Connection next = Connection::open(context);
    if (!request.terminal) return nothing_stays;  // if it had started, it ends with its client
    CallOptions options;
    options.signals = &signals;
    const auto reply = next.call<proto::PsReply>("ps", proto::PsRequest(), options);
    for (const auto& sandbox : reply.sandboxes) {
        if (sandbox.config != request.config.path || sandbox.started < asked) continue;
        if (request.name && sandbox.name != *request.name) continue;
        if (sandbox.status == "starting") return removed_later;  // the engine keeps that isagd waiting
        const std::string name = escape_controls(sandbox.name);
        return "the sandbox " + name + " had started and runs on: 'isag attach " + name + "'";
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

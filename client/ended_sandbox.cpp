// SPDX-License-Identifier: Apache-2.0
#include "client/ended_sandbox.hpp"
#include "client/connection.hpp"
#include "common/escape.hpp"
#include "proto/api.hpp"
#include "proto/session.hpp"
#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <poll.h>
#include <vector>

namespace isag {
namespace {

constexpr std::chrono::milliseconds between_looks{100};

bool runs(Connection& isagd, const std::string& sandbox, Signals& signals) {
    CallOptions options;
    options.signals = &signals;
    const auto reply = isagd.call<proto::PsReply>("ps", proto::PsRequest(), options);
    return std::any_of(reply.sandboxes.begin(), reply.sandboxes.end(),
                       [&](const proto::SandboxInfo& info) { return info.name == sandbox; });
}

bool has_log(const Context& context, const std::string& sandbox, Signals& signals) {
    try {
        auto isagd = Connection::open_running(context);
        std::vector<UniqueFd> files;
        const CallOptions options{.signals = &signals, .fds = &files};
        if (isagd) isagd->call<proto::LogsReply>("logs", proto::LogsRequest{{sandbox, {}}, false}, options);
        return isagd.has_value();
    } catch (const Error&) {  // as where it had no terminal
        return false;
    }
}

}  // namespace

bool sandbox_ends_within(const Context& context, const std::string& sandbox, std::chrono::milliseconds limit,
                         Signals& signals) {
    const auto until = std::chrono::steady_clock::now() + limit;
    try {
        auto isagd = Connection::open_running(context);
        while (isagd && runs(*isagd, sandbox, signals)) {
            if (std::chrono::steady_clock::now() >= until) return false;
            pollfd fd{signals.fd(), POLLIN, 0};
            ::poll(&fd, 1, static_cast<int>(between_looks.count()));
            signals.check();
        }
        return isagd.has_value();
    } catch (const Error&) {
        return false;
    }
}

Error sandbox_has_ended(const Context& context, const std::string& sandbox, const std::string& what, Signals& signals) {
    const std::string name = escape_controls(sandbox);
    const std::string log =
        has_log(context, sandbox, signals) ? "'isag logs " + name + "' shows what it printed, " : std::string();
    return Error(name + " has ended, and " + what + " with it", log + "'isag run --name " + name + "' starts one anew");
}

}  // namespace isag

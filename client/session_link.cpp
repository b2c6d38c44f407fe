// SPDX-License-Identifier: Apache-2.0
#include "client/session_link.hpp"
#include "client/comeback.hpp"
#include "proto/session.hpp"
#include <nlohmann/json.hpp>
#include <vector>

namespace isag {

SessionLink::SessionLink(const Context& context, Connection connection, proto::Session session, SizeOf terminal)
    : context_(context),
      connection_(std::move(connection)),
      session_(std::move(session)),
      terminal_(std::move(terminal)) {}

std::optional<SessionLink::Resumed> SessionLink::advance() {
    std::optional<Resumed> resumed;
    for (;;) {
        try {
            watch_.advance(connection_);  // what came with the reply to "resume", too: no poll(2) tells of that
            return resumed;
        } catch (const DaemonGone& gone) {
            auto next = come_back(gone);
            if (resumed) next.goes_on = next.goes_on && resumed->goes_on;
            resumed = std::move(next);
        }
    }
}

SessionLink::Resumed SessionLink::come_back(const DaemonGone& gone) {
    Resumed resumed;
    Comeback comeback;
    comeback.lost(gone);
    comeback.run(context_, [&](Connection& next) {
        resumed = resume(next);
        connection_ = std::move(next);
    });
    if (resumed.streams.empty()) return resumed;
    const auto place = resumed.goes_on ? watch_.place_behind(received_) : std::nullopt;
    watch_.set_place({0, place});
    received_ = 0;
    return resumed;
}

SessionLink::Resumed SessionLink::resume(Connection& connection) const {
    proto::ResumeRequest request{session_.sandbox, session_.process, {}, {}, {}};
    if (terminal_) request.terminal = terminal_();
    if (terminal_) request.place = watch_.place_behind(received_);
    if (terminal_) request.types = watch_.types();
    Resumed resumed;
    CallOptions options;
    options.fds = &resumed.streams;
    const auto reply = connection.call<proto::ResumeReply>("resume", request, options);
    resumed.goes_on = reply.goes_on.value_or(false);
    return resumed;
}

}  // namespace isag

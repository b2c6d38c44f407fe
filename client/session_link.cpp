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

std::optional<std::vector<UniqueFd>> SessionLink::advance() {
    std::optional<std::vector<UniqueFd>> streams;
    for (;;) {
        try {
            watch_.advance(connection_);  // what came with the reply to "resume", too: no poll(2) tells of that
            return streams;
        } catch (const DaemonGone& gone) {
            auto fds = come_back(gone);
            if (!fds.empty()) streams = std::move(fds);
        }
    }
}

std::vector<UniqueFd> SessionLink::come_back(const DaemonGone& gone) {
    std::vector<UniqueFd> streams;
    Comeback comeback;
    comeback.lost(gone);
    comeback.run(context_, [&](Connection& next) {
        streams = resume(next);
        connection_ = std::move(next);
    });
    return streams;
}

std::vector<UniqueFd> SessionLink::resume(Connection& connection) {
    proto::ResumeRequest request{session_.sandbox, session_.process, {}};
    if (terminal_) request.terminal = terminal_();
    std::vector<UniqueFd> fds;
    CallOptions options;
    options.fds = &fds;
    connection.call<proto::Nothing>("resume", request, options);
    return fds;
}

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#include "client/session_link.hpp"
#include "client/daemon_start.hpp"
#include "proto/session.hpp"
#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <vector>

namespace isag {
namespace {

constexpr std::chrono::milliseconds longest_pause{1000};

}  // namespace

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
        } catch (const DaemonGone&) {
            auto fds = come_back();
            if (!fds.empty()) streams = std::move(fds);
        }
    }
}

// One that ends as it starts, or before it has answered, is followed by another.
std::vector<UniqueFd> SessionLink::come_back() {
    const auto until = std::chrono::steady_clock::now() + comeback_limit;
    for (std::chrono::milliseconds pause{50};; pause = std::min(2 * pause, longest_pause)) {
        std::optional<Error> failure;
        try {
            Connection next = Connection::open(context_);
            auto streams = resume(next);
            connection_ = std::move(next);
            return streams;
        } catch (const DaemonGone& gone) {
            failure = gone;
        } catch (const DaemonNotStarted& not_started) {
            failure = not_started;
        }
        if (std::chrono::steady_clock::now() >= until) throw *failure;
        ::poll(nullptr, 0, static_cast<int>(pause.count()));
    }
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

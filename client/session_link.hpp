// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/connection.hpp"
#include "client/context.hpp"
#include "client/exit_watch.hpp"
#include "proto/api.hpp"
#include <functional>
#include <optional>
#include <poll.h>
#include <string>
#include <vector>

namespace isag {

// A session's line to isagd: says what happens there, and goes on with the next isagd where one goes away.
class SessionLink {
public:
    // `terminal` gives the size where the session has the main program's terminal, for which each isagd makes new
    // descriptors.
    using SizeOf = std::function<proto::TerminalSize()>;
    SessionLink(const Context& context, Connection connection, proto::Session session, SizeOf terminal);

    pollfd wanted() const { return watch_.wanted(connection_); }
    // Takes what isagd has sent. Where it went away, the next one is waited for, and the new descriptors returned.
    // Throws Error where none comes or the sandbox is gone.
    std::optional<std::vector<UniqueFd>> advance();

    ExitWatch& watch() { return watch_; }
    const ExitWatch& watch() const { return watch_; }
    template <class T>
    void notify(const std::string& method, const T& message) {
        connection_.notify(method, message);
    }

private:
    std::vector<UniqueFd> come_back(const DaemonGone& gone);
    std::vector<UniqueFd> resume(Connection& connection);

    const Context& context_;
    Connection connection_;
    proto::Session session_;
    SizeOf terminal_;
    ExitWatch watch_;
};

}  // namespace isag

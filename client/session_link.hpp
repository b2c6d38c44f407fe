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
    // Of the next isagd: new descriptors, where it has the terminal, and whether that one's stream goes on where the
    // last one ended; else it paints the screen first.
    struct Resumed {
        std::vector<UniqueFd> streams;
        bool goes_on = false;
    };
    // Takes what isagd has sent. Where it went away, the next one is waited for, and what that brings returned. Throws
    // Error where none comes or the sandbox is gone.
    std::optional<Resumed> advance();
    // So many bytes more of the terminal's stream were read.
    void received(std::size_t bytes) { received_ += static_cast<std::int64_t>(bytes); }

    ExitWatch& watch() { return watch_; }
    const ExitWatch& watch() const { return watch_; }
    template <class T>
    void notify(const std::string& method, const T& message) {
        connection_.notify(method, message);
    }

private:
    Resumed come_back(const DaemonGone& gone);
    Resumed resume(Connection& connection) const;

    const Context& context_;
    Connection connection_;
    proto::Session session_;
    SizeOf terminal_;
    ExitWatch watch_;
    std::int64_t received_ = 0;  // bytes of the stream that this isagd made
};

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/connection.hpp"
#include "proto/api.hpp"
#include "proto/net.hpp"
#include "proto/session.hpp"
#include <chrono>
#include <cstdint>
#include <optional>
#include <poll.h>
#include <string>
#include <utility>

namespace isag {

// The daemon's side of a session: waits for "exited", and then gives what is still under way a limited time.
class ExitWatch {
public:
    // What poll(2) shall watch; none once the program ended, as the daemon may then go.
    pollfd wanted(const Connection& connection) const;
    // Takes what the daemon has sent. Throws DaemonGone where it is gone.
    void advance(Connection& connection);
    // Whether this terminal types, when that has changed since the last call.
    std::optional<bool> take_turn() { return std::exchange(turn_, std::nullopt); }
    bool types() const { return types_; }
    // The place in the terminal's output behind that much of the stream, where the daemon has told it.
    std::optional<std::int64_t> place_behind(std::int64_t received) const;
    void set_place(proto::Place place) { place_ = place; }
    const std::optional<proto::Exited>& exited() const { return exited_; }
    // Notices that came since the last call, one a line.
    std::string take_notices() { return std::exchange(notices_, {}); }

    // What the daemon told of the network before the end.
    const std::optional<proto::net::Summary>& network() const { return network_; }

    // Something moved: the time for what is left starts anew.
    void moved();
    // Milliseconds for poll(2) until that time is over; -1 while the program runs.
    int remaining_ms() const;
    bool time_is_over() const { return exited_ && remaining_ms() == 0; }

private:
    void take(const proto::Message& message);

    std::optional<proto::Exited> exited_;
    std::optional<bool> turn_;
    bool types_ = true;
    proto::Place place_;
    std::chrono::steady_clock::time_point until_;
    std::string notices_;
    std::optional<proto::net::Summary> network_;
};

}  // namespace isag

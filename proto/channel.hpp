// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "proto/wire.hpp"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace isag::proto {

// A Wire on an Asio socket: the daemon's end of a conversation with a client, an init or a gate. One coroutine reads,
// one runs write_loop(); send() may be called from anywhere and never waits.
class Channel {
public:
    explicit Channel(boost::asio::local::stream_protocol::socket socket);

    // The next message; nothing once the peer has closed. Throws Error where the peer breaks the rules.
    boost::asio::awaitable<std::optional<Incoming>> receive();
    // Queues a line. A peer that lets more than 8 MiB pile up is cut off.
    void send(std::string line, std::vector<UniqueFd> fds = {});
    void notify(std::string_view method, const nlohmann::json& params);
    // Is something of what was sent not written yet? For who would rather wait than let it pile up.
    bool has_output() const { return wire_.has_output(); }
    // Writes what send() could not write at once, until close() or the peer is gone.
    boost::asio::awaitable<void> write_loop();
    // Ends both loops.
    void close();

    // Who is at the other end, as the kernel says (SO_PEERCRED, unix(7)): taken when it connected.
    pid_t peer_pid() const;
    uid_t peer_uid() const;

private:
    boost::asio::local::stream_protocol::socket socket_;
    boost::asio::steady_timer output_waits_;  // its cancellation wakes write_loop()
    Wire wire_;
    bool closed_ = false;
};

}  // namespace isag::proto

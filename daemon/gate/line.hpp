// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/event.hpp"
#include "common/task_group.hpp"
#include "daemon/gate/connector.hpp"
#include "daemon/gate/memory.hpp"
#include "daemon/gate/mode.hpp"
#include "daemon/gate/relay.hpp"
#include "daemon/gate/shared.hpp"
#include "proto/channel.hpp"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <optional>
#include <string>

namespace isag::gate {

// The gate's end of its conversation with isagd: dials it, again and again, and does what it asks.
class Line {
public:
    // Takes up what the last worker stored in `settings`. Throws Error.
    Line(Shared& shared, Relays& relays, Connector& connector, Mode mode, std::string socket_path, UniqueFd settings);

    boost::asio::awaitable<void> run();
    // Ends live rules when their time is over.
    boost::asio::awaitable<void> expire();

private:
    boost::asio::awaitable<void> talk(boost::asio::local::stream_protocol::socket socket);
    boost::asio::awaitable<void> tell_events(proto::Channel& channel);
    // Hands over what happened, unless the last of it is still on its way.
    void tell_pending(proto::Channel& channel);
    void hand(proto::Channel& channel);
    // The line that answers the request. Throws Error.
    std::string answer(const proto::Message& request);
    // Answers when it has connected, or can't.
    boost::asio::awaitable<void> connect(proto::Channel& channel, proto::Message request);
    static void listen(proto::Channel& channel, const proto::Message& request);
    static void send_sockets(proto::Channel& channel, const proto::Message& request);
    // `tasks` end with the channel.
    void handle(proto::Channel& channel, TaskGroup& tasks, const proto::Message& message);
    void handle_request(proto::Channel& channel, TaskGroup& tasks, const proto::Message& request);
    proto::gate::Ready ready() const;
    proto::gate::State show() const;
    // After any change: stores it, and cuts connections that are not allowed any more; how many.
    std::int64_t put_in_force();

    Shared& shared_;
    Relays& relays_;
    Connector& connector_;
    const Mode mode_;
    const std::string socket_path_;
    Memory settings_;
    bool configured_ = false;
    std::optional<proto::gate::Events> untold_;  // taken, but not written: for the next isagd where this one is gone
    bool handed_ = false;                        // untold_ is on its way
    Event changed_;                              // the live rules were
    Event pending_;                              // events are
};

}  // namespace isag::gate

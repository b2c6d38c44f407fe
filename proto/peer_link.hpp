// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/event.hpp"
#include "common/task_group.hpp"
#include "proto/channel.hpp"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>

namespace isag::proto {

// The daemon's end of a line that one process of a container dials, and dials again whenever it broke: its init, its
// gate. Who dials is asked for by pid and uid, one at a time; a stranger is hung up on and does not keep the peer out.
class PeerLink {
public:
    struct Rules {
        std::string name;                                     // of the peer's program, for messages
        std::function<bool(pid_t peer, uid_t uid)> believes;  // called once expect() has said who it is
        std::function<void(const Message&)> ready;            // its greeting; throws Error where that will not do
        std::function<void()> connected;                      // from now on it can be spoken to
        std::function<void(Incoming)> notification;           // throws Error where it breaks the rules
        std::function<void()> lost;                           // it hung up
    };

    // Listens at once, so that the peer can dial as soon as it starts. Throws Error.
    PeerLink(boost::asio::any_io_executor executor, const std::filesystem::path& socket, Rules rules);

    // A pid from which `believes` can tell the peer.
    void expect(pid_t pid) { expected_ = pid; }
    pid_t expected() const { return expected_; }
    // Until it is connected, at once where it is. Throws Error after the limit, and (cancelled) after stop().
    boost::asio::awaitable<void> wait_ready(std::chrono::milliseconds limit);
    bool connected() const { return channel_ != nullptr; }

    // The answer, which may be a refusal. Throws Error where the peer is not connected, hangs up meanwhile or takes too
    // long.
    boost::asio::awaitable<Incoming> ask(std::string method, Payload params, std::chrono::milliseconds limit);
    // Throws a refusal as well.
    boost::asio::awaitable<Incoming> request(std::string method, Payload params, std::chrono::milliseconds limit);
    // Passed over where it is not connected.
    void notify(std::string_view method, const nlohmann::json& params);
    // Hangs up on a peer that broke the rules; it may dial again.
    void drop();

    // Accepts and reads until stop(); the owner spawns it.
    boost::asio::awaitable<void> run();
    void stop();

private:
    struct Answer {
        std::optional<Incoming> incoming;
        boost::asio::steady_timer arrived;
    };
    boost::asio::awaitable<void> converse(std::shared_ptr<Channel> channel);
    boost::asio::awaitable<bool> is_peer(std::shared_ptr<Channel> channel);
    void take(Incoming incoming);
    void hang_up();

    Rules rules_;
    boost::asio::local::stream_protocol::acceptor acceptor_;
    Event ready_;
    std::shared_ptr<Channel> dialling_;  // being asked who it is
    std::shared_ptr<Channel> channel_;   // the peer, ready
    std::map<std::int64_t, std::shared_ptr<Answer>> waiting_;
    std::int64_t next_id_ = 1;
    pid_t expected_ = 0;
    bool stopped_ = false;
    TaskGroup writers_;
};

}  // namespace isag::proto

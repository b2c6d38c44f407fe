// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/child_process.hpp"
#include "common/task_group.hpp"
#include "proto/channel.hpp"
#include "proto/init.hpp"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace isag::sandbox {

// A process that init started for us, and our ends of its streams (proto/init.hpp, Spawn).
struct SpawnedProcess {
    std::int64_t process = 0;
    std::vector<UniqueFd> streams;
};

// The daemon's end of the line to one sandbox's init. Only the process with the expected pid is believed: the agent has
// the same uid and can see the socket too.
class InitLink {
public:
    using OnEnded = std::function<void(std::int64_t process, ExitStatus status)>;
    using OnLost = std::function<void()>;

    // Listens at once, so that init can dial as soon as it starts. Throws Error.
    InitLink(boost::asio::any_io_executor executor, const std::filesystem::path& socket);
    ~InitLink();

    // Until init is connected. Throws Error after the limit.
    boost::asio::awaitable<void> wait_ready(pid_t init, std::chrono::milliseconds limit);
    // Throws Error with the kinds not_found and not_executable where the command is to blame.
    boost::asio::awaitable<SpawnedProcess> spawn(proto::init::Spawn request);
    // While init is not connected (it dials again after an isagd ended) the last signal waits for it.
    void kill(std::int64_t process, int signal);
    // Called for each process that ended; and when init hung up, which may dial again.
    void on_ended(OnEnded handler) { ended_ = std::move(handler); }
    void on_lost(OnLost handler) { lost_ = std::move(handler); }
    bool connected() const { return channel_ != nullptr; }

    // Accepts and reads until stop(); the owner spawns it.
    boost::asio::awaitable<void> run();
    void expect(pid_t init) { init_ = init; }
    void stop();

private:
    struct Answer {
        std::optional<proto::Incoming> incoming;
        boost::asio::steady_timer arrived;
    };
    boost::asio::awaitable<void> converse(std::shared_ptr<proto::Channel> channel);
    boost::asio::awaitable<bool> is_init(std::shared_ptr<proto::Channel> channel);
    void take(proto::Incoming incoming);
    void take_ended(const proto::Message& message);

    boost::asio::local::stream_protocol::acceptor acceptor_;
    std::vector<proto::init::Kill> owed_;  // signals of a time without init
    boost::asio::steady_timer ready_;
    std::shared_ptr<proto::Channel> dialling_;  // being asked who it is
    std::shared_ptr<proto::Channel> channel_;   // init, ready
    std::map<std::int64_t, std::shared_ptr<Answer>> waiting_;
    std::int64_t next_id_ = 1;
    pid_t init_ = 0;
    bool stopped_ = false;
    OnEnded ended_;
    OnLost lost_;
    TaskGroup writers_;
};

}  // namespace isag::sandbox

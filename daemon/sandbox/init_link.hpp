// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/child_process.hpp"
#include "common/environment.hpp"
#include "proto/init.hpp"
#include "proto/peer_link.hpp"
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
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
    struct End {
        std::int64_t process = 0;
        ExitStatus status;
        std::chrono::seconds age{0};  // since then
        UniqueFd terminal;            // its terminal's master, where init handed that over
    };
    using OnEnded = std::function<void(End end)>;
    using OnLost = std::function<void()>;
    using OnConnected = std::function<void()>;

    // Listens at once, so that init can dial as soon as it starts. Throws Error.
    InitLink(boost::asio::any_io_executor executor, const std::filesystem::path& socket);

    // Until init is connected. Throws Error after the limit.
    boost::asio::awaitable<void> wait_ready(pid_t init, std::chrono::milliseconds limit);
    // Throws Error with the kinds not_found and not_executable where the command is to blame. Init is hung up on where
    // it hands over anything but what was asked for.
    boost::asio::awaitable<SpawnedProcess> spawn(proto::init::Spawn request);
    // A process with one stream, which serves a connection (proto/init.hpp, "serve").
    boost::asio::awaitable<SpawnedProcess> serve(proto::init::Spawn request);
    // What a process has in its environment where none is added.
    boost::asio::awaitable<Environment> environment();
    // unix(7) sockets in the container. Each throws Error, of kind not_found where nobody listens.
    boost::asio::awaitable<UniqueFd> connect(std::string path);
    boost::asio::awaitable<UniqueFd> listen(std::string path);
    // The master of a running process's terminal, again. Throws Error.
    boost::asio::awaitable<UniqueFd> terminal_of(std::int64_t process);
    // While init is not connected (it dials again after an isagd ended) the last signal waits for it.
    void kill(std::int64_t process, int signal);
    // The end of the main process is noted where a later isagd finds it: init need not stay for that one.
    void taken(std::int64_t process);
    // Called for each process that ended, and again after init dialled anew; when init hung up, which may dial again;
    // and each time that it dialled.
    void on_ended(OnEnded handler) { ended_ = std::move(handler); }
    void on_lost(OnLost handler) { lost_ = std::move(handler); }
    void on_connected(OnConnected handler) { connected_ = std::move(handler); }
    bool connected() const { return link_.connected(); }

    // Accepts and reads until stop(); the owner spawns it.
    boost::asio::awaitable<void> run() { return link_.run(); }
    void expect(pid_t init) { link_.expect(init); }
    void stop() { link_.stop(); }

private:
    using IsKind = bool (*)(const UniqueFd&);
    boost::asio::awaitable<proto::Incoming> ask(std::string method, proto::Payload params);
    // The one descriptor of a message; init is hung up on where that is not of the kind.
    UniqueFd only_descriptor(proto::Incoming& incoming, IsKind is_kind);
    void pay_owed();
    void take(proto::Incoming incoming);

    std::vector<proto::init::Kill> owed_;  // signals of a time without init
    OnEnded ended_;
    OnLost lost_;
    OnConnected connected_;
    proto::PeerLink link_;
};

}  // namespace isag::sandbox

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include "proto/gate.hpp"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <sys/types.h>
#include <vector>

namespace isag::firewall {

// The daemon's end of the line to one sandbox's gate (proto/gate.hpp). Believed is a process of the gate's container
// alone: a child of its PID 1, with its user.
class GateLink {
public:
    using OnEvents = std::function<void(const proto::gate::Events&)>;
    using OnReady = std::function<void(const proto::gate::Ready&)>;
    using OnLost = std::function<void()>;

    // Listens at once, so that the gate can dial as soon as it starts. Throws Error.
    GateLink(boost::asio::any_io_executor executor, const std::filesystem::path& socket);
    ~GateLink();

    // Until a worker of the gate whose PID 1 is `gate` (as the host counts) is connected. Throws Error after the limit.
    boost::asio::awaitable<proto::gate::Ready> wait_ready(pid_t gate, std::chrono::milliseconds limit);
    // Each throws Error where the gate is not connected, refuses, or does not answer in 5 s.
    boost::asio::awaitable<void> configure(proto::gate::Configure settings);
    boost::asio::awaitable<proto::gate::Changed> change(proto::gate::Change change);
    boost::asio::awaitable<proto::gate::Checked> check(proto::gate::Check check);
    boost::asio::awaitable<proto::gate::State> show();
    // Waits 5 s for a gate that has not dialled yet.
    boost::asio::awaitable<proto::gate::Totals> totals();
    // A socket that is connected, and one or two that listen, in the sandbox. Error of kind not_found: the target
    // refuses. The gate is hung up on where it hands over anything else.
    boost::asio::awaitable<UniqueFd> connect(proto::gate::Connect target);
    // Sockets that are not connected yet, that many.
    boost::asio::awaitable<std::vector<UniqueFd>> sockets(std::int64_t count);
    struct Listeners {
        std::int64_t port = 0;
        std::vector<UniqueFd> sockets;
    };
    boost::asio::awaitable<Listeners> listen(proto::gate::Listen at);
    void tell_siblings(proto::gate::Siblings siblings);
    // Whether it answers at all within 5 s.
    boost::asio::awaitable<bool> answers();

    // on_ready: each time a worker has dialled and said who it is; on_lost: it hung up, and may dial again.
    void on_events(OnEvents handler);
    void on_ready(OnReady handler);
    void on_lost(OnLost handler);
    bool connected() const;

    // Accepts and reads until stop(); the owner spawns it.
    boost::asio::awaitable<void> run();
    void expect(pid_t gate);
    pid_t expected() const;
    void stop();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace isag::firewall

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/forward/daemon_line.hpp"
#include "common/task_group.hpp"
#include "common/unique_fd.hpp"
#include "proto/net.hpp"
#include <chrono>
#include <vector>

namespace isag::forward {

// Sockets of the sandbox that wait to be connected: a connection to its loopback then needs nobody's answer. Empty at
// first, so that a forward that nobody uses has none.
class SocketPool {
public:
    static constexpr std::size_t most = 32;

    SocketPool(boost::asio::any_io_executor executor, DaemonLine& line) : line_(line), tasks_(executor, forget) {}

    // One; none where isagd has to be asked to connect. Has more fetched of that sandbox.
    UniqueFd take(const proto::Target& target);

    void cancel() { tasks_.cancel(); }
    boost::asio::awaitable<void> join() { return tasks_.join(); }

private:
    static void forget(std::exception_ptr) {}  // without sockets it is only slower
    boost::asio::awaitable<void> fetch(proto::Target target);

    DaemonLine& line_;
    std::vector<UniqueFd> sockets_;
    bool is_fetching_ = false;
    std::chrono::steady_clock::time_point not_before_{};
    TaskGroup tasks_;
};

}  // namespace isag::forward

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/forward/daemon_line.hpp"
#include "client/forward/socket_pool.hpp"
#include "common/event.hpp"
#include "common/flow.hpp"
#include "common/task_group.hpp"
#include "proto/forward.hpp"
#include <cstddef>
#include <functional>
#include <string>

namespace isag::forward {

// The connections that one side begins. Each side has its own, so that an agent's flood of an -R leaves room for the
// person's.
struct ConnectionShare {
    std::string options;  // that they come by, for people
    std::size_t most;
    std::size_t open = 0;
    bool was_told_full = false;
    bool is_full() const { return open >= most; }
};

// What all forwarded connections of this process share; one thread.
struct ForwardRoom {
    DaemonLine& line;
    proto::Target target;
    std::function<void(const std::string&)> say;   // a line for who wants to know more
    std::function<void(const std::string&)> note;  // for everybody who does not want quiet
    ConnectionShare from_host;
    ConnectionShare from_sandbox;
    TaskGroup connections;
    SocketPool sockets;
    FlowRoom flows = {};
    Event closed = {};  // one of the connections
    std::size_t open() const { return from_host.open + from_sandbox.open; }
};

}  // namespace isag::forward

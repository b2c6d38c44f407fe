// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/forward/daemon_line.hpp"
#include "common/event.hpp"
#include "common/flow.hpp"
#include "common/task_group.hpp"
#include "proto/forward.hpp"
#include <cstddef>
#include <functional>
#include <string>

namespace isag::forward {

// What all forwarded connections of this process share; one thread.
struct ForwardRoom {
    DaemonLine& line;
    proto::Target target;
    std::function<void(const std::string&)> say;  // a line for who wants to know more
    std::size_t most;                             // connections
    TaskGroup connections;
    FlowRoom flows = {};
    std::size_t open = 0;
    Event closed = {};  // one of them
};

}  // namespace isag::forward

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/gate/handover.hpp"
#include <chrono>
#include <string>
#include <sys/types.h>

namespace isag::gate {

// The gate's PID 1. It makes what must outlive a worker (rules, sockets, memory), and keeps a worker running.
class Supervisor {
public:
    // Loads the rules and tests them. Blocks the signals that it waits for. Throws Error.
    Supervisor(Mode mode, std::string socket_path);
    // Until SIGTERM; the exit status.
    int run();

private:
    using Time = std::chrono::steady_clock::time_point;
    void start_worker();
    int end_worker() const;
    void reap();
    int milliseconds_until_start() const;

    UniqueFd signals_;
    Handover handover_;
    pid_t worker_ = -1;  // none
    Time started_;
    Time next_start_;
    std::chrono::milliseconds delay_{0};
};

}  // namespace isag::gate

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include "daemon/init/session.hpp"
#include "proto/wire.hpp"
#include <string>

namespace isag::init {

// The system calls around a Session: the socket, the signals, the children, in one poll(2) loop. As PID 1 it signals
// "every process" by kill(-1), elsewhere (tests) only the process groups that it started.
class Supervisor {
public:
    // Blocks the signals that it waits for. Throws Error.
    explicit Supervisor(std::string socket_path);
    // Until there is nothing more to do; the exit status.
    int run();

private:
    void dial();
    void drop();
    void send();
    void wait();
    void receive();
    // False where the message is malformed.
    bool handle(const proto::Message& message);
    bool handle_spawn(const proto::Message& message);
    bool handle_kill(const proto::Message& message);
    void answer_spawn(std::int64_t id, const proto::init::Spawn& request);
    void take_signals();
    void reap();
    void signal_everything(int number);

    const std::string socket_path_;
    const bool is_pid1_;
    UniqueFd signals_;
    UniqueFd socket_;
    proto::Wire wire_;
    Session session_;
};

}  // namespace isag::init

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
    // Answers with what `answer` queues, or the Error that it throws.
    template <class Request>
    bool handle_request(const proto::Message& message, void (Supervisor::*answer)(std::int64_t, Request));
    bool handle_kill(const proto::Message& message);
    bool handle_taken(const proto::Message& message);
    void answer_spawn(std::int64_t id, proto::init::Spawn request);
    void answer_serve(std::int64_t id, proto::init::Spawn request);
    void answer_environment(std::int64_t id, proto::Nothing request);
    void answer_terminal(std::int64_t id, proto::init::TerminalOf request);
    void answer_connect(std::int64_t id, proto::init::Connect request);
    void answer_listen(std::int64_t id, proto::init::Listen request);
    void inherit_from_main(proto::init::Spawn& request) const;
    void answer_with(std::int64_t id, UniqueFd fd);
    void take_signals();
    void reap();
    void signal_everything(int number);

    const std::string socket_path_;
    const bool is_pid1_;
    UniqueFd signals_;
    UniqueFd socket_;
    proto::Wire wire_;
    Session session_;
    proto::init::Spawn main_;  // what the others inherit from
    pid_t main_process_ = -1;
    std::int64_t memory_kills_ = 0;  // before it started
};

}  // namespace isag::init

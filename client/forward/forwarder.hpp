// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/context.hpp"
#include "client/forward/daemon_line.hpp"
#include "client/forward/forward_room.hpp"
#include "common/event.hpp"
#include "common/unique_fd.hpp"
#include "proto/forward.hpp"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace isag::forward {

// A forward, and the sockets it listens on; those of -R come from the sandbox later.
struct OpenForward {
    proto::Forward what;
    std::vector<UniqueFd> sockets = {};
    bool is_any_port = false;  // the person left it to us, and is told which
};

// All forwards of this process, in one thread.
class Forwarder {
public:
    struct Options {
        Context context;
        proto::Target target;
        std::vector<OpenForward> forwards;
        std::size_t descriptors;           // that this process may have
        std::function<void()> when_ready;  // all of them listen, and isagd knows of them
    };
    Forwarder(boost::asio::any_io_executor executor, Options options);

    // Until the sandbox has ended, or end(). What was left to us of the forwards is told on stderr once all of them
    // listen. Throws Error where something can't listen, the sandbox is not there, or isagd went away and none comes
    // back.
    boost::asio::awaitable<void> run();
    // From the thread of the executor.
    void end();

    bool sandbox_has_ended() const { return sandbox_has_ended_; }
    const std::string& sandbox() const { return sandbox_; }  // its name, once it is ready

private:
    boost::asio::awaitable<void> prepare();
    boost::asio::awaitable<void> listen_inside(std::size_t place);
    Error cannot_listen(const Error& refused, std::size_t place) const;
    void tell_ports() const;
    boost::asio::awaitable<void> finish();
    void start(OpenForward forward);
    void take(const proto::Message& notification);
    void fail(std::exception_ptr error);

    Options options_;
    DaemonLine line_;
    ForwardRoom room_;
    TaskGroup line_tasks_;
    TaskGroup listeners_;
    std::string sandbox_;
    bool is_wanted_ = true;
    bool sandbox_has_ended_ = false;
    std::exception_ptr failure_;
    Event changed_;
};

}  // namespace isag::forward

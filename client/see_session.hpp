// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/connection.hpp"
#include "client/context.hpp"
#include "client/signals.hpp"
#include "proto/api.hpp"
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace isag {

// What a request that opens a session brought.
struct OpenSession {
    std::string sandbox;  // its name
    proto::Session session;
    std::vector<UniqueFd> streams;  // a terminal, or three pipes
    bool is_main = true;            // of the sandbox's main program
    std::string config;             // isag.yaml, for what is said of the network; may be empty
};

// Asks for one, and takes what comes with the reply. One of the signals throws Interrupted.
template <class Reply, class Request>
Reply ask_for_session(Connection& connection, const std::string& method, const Request& request, Signals& signals,
                      OpenSession& open, std::function<void(const proto::Message&)> on_notification = {}) {
    CallOptions options;
    options.on_notification = std::move(on_notification);
    options.signals = &signals;
    options.fds = &open.streams;
    auto reply = connection.call<Reply>(method, request, options);
    open.sandbox = reply.name;
    open.session = reply.session;
    return reply;
}

// Connects this process to it until the program ends or the person leaves; says what is to be said then, and returns
// the exit status: the program's own, or 0. The signals act as in session.hpp.
int see_session(const Context& context, Connection connection, Signals& signals, OpenSession open);

}  // namespace isag

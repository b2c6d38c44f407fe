// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/api/call.hpp"
#include "daemon/api/daemon.hpp"
#include "proto/api.hpp"
#include "proto/session.hpp"
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string_view>

// Everything that a client can ask for: each operation is a file in ops/ and a row of the table in operations.cpp.
namespace isag::api {

using CallPtr = std::shared_ptr<Call>;
using Operation = boost::asio::awaitable<void> (*)(Daemon&, CallPtr);

// Nothing where there is no such method.
Operation find_operation(std::string_view method);

// The rows. Each throws Error, which becomes the reply.
boost::asio::awaitable<void> hello(Daemon&, CallPtr);
boost::asio::awaitable<void> run(Daemon&, CallPtr);
boost::asio::awaitable<void> attach(Daemon&, CallPtr);
boost::asio::awaitable<void> resume(Daemon&, CallPtr);
boost::asio::awaitable<void> exec(Daemon&, CallPtr);
boost::asio::awaitable<void> logs(Daemon&, CallPtr);
boost::asio::awaitable<void> wait(Daemon&, CallPtr);
boost::asio::awaitable<void> events(Daemon&, CallPtr);
boost::asio::awaitable<void> build(Daemon&, CallPtr);
boost::asio::awaitable<void> connect(Daemon&, CallPtr);
boost::asio::awaitable<void> listen(Daemon&, CallPtr);
boost::asio::awaitable<void> sockets(Daemon&, CallPtr);
boost::asio::awaitable<void> forwards(Daemon&, CallPtr);
boost::asio::awaitable<void> ssh(Daemon&, CallPtr);
boost::asio::awaitable<void> ssh_config(Daemon&, CallPtr);
boost::asio::awaitable<void> ports(Daemon&, CallPtr);
boost::asio::awaitable<void> ps(Daemon&, CallPtr);
boost::asio::awaitable<void> stop(Daemon&, CallPtr);
boost::asio::awaitable<void> unpause(Daemon&, CallPtr);
boost::asio::awaitable<void> config_check(Daemon&, CallPtr);
boost::asio::awaitable<void> config_show(Daemon&, CallPtr);
boost::asio::awaitable<void> config_template(Daemon&, CallPtr);
boost::asio::awaitable<void> net_change(Daemon&, CallPtr);
boost::asio::awaitable<void> net_check(Daemon&, CallPtr);
boost::asio::awaitable<void> net_log(Daemon&, CallPtr);
boost::asio::awaitable<void> net_show(Daemon&, CallPtr);

// The call's parameters as their type. Throws Error of kind usage.
template <class T>
T parameters_of(const Call& call) {
    auto parameters = proto::from_json<T>(call.parameters(), call.method());
    if (!parameters) throw Error(parameters.error(), ErrorKind::usage);
    return std::move(*parameters);
}

}  // namespace isag::api

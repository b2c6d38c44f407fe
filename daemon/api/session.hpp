// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/api/call.hpp"
#include "daemon/api/daemon.hpp"
#include "daemon/terminal/terminal.hpp"
#include "proto/net.hpp"
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

// A client that is connected to a process of a sandbox: what it says goes there, what becomes of the process comes
// back.
namespace isag::api {

using CallPtr = std::shared_ptr<Call>;
using SandboxPtr = std::shared_ptr<sandbox::Sandbox>;
using ViewerPtr = std::shared_ptr<terminal::Viewer>;

// Of its main program. Throws Error where that has none.
const std::shared_ptr<terminal::Terminal>& terminal_of(const sandbox::Sandbox& sandbox);

// How it is called in later requests.
proto::Session session_of(const sandbox::Sandbox& sandbox, std::int64_t process);

// "signal" of the client goes to the process, and "resize" to who takes it.
using OnResize = std::function<void(const proto::TerminalSize&)>;
void listen_to_client(Call& call, const SandboxPtr& sandbox, std::int64_t process, OnResize resize);
// Gives that terminal (its master) the size; nothing for none.
OnResize resize_of(UniqueFd master);
// The same for one who views the main program's terminal, whom it tells when another one types.
void listen_to_viewer(const CallPtr& call, const SandboxPtr& sandbox, const ViewerPtr& viewer);

// Tells how the process ended.
void tell_exit(Call& call, const ExitStatus& status);
proto::Exited exited(const ExitStatus& status);

// Until the main program has ended, its end was told, and the client has what was printed. Throws (cancelled) where the
// client hangs up first.
// (None: pipes, which need no streams here.)
boost::asio::awaitable<void> see_through(Daemon& daemon, CallPtr call, SandboxPtr sandbox, ViewerPtr viewer);

// The viewer's streams until `end` is through and the client has everything. Throws what `end` throws.
boost::asio::awaitable<void> run_streams(ViewerPtr viewer, boost::asio::awaitable<void> end);

}  // namespace isag::api

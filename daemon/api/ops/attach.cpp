// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/operations.hpp"
#include "daemon/api/session.hpp"
#include "daemon/api/target.hpp"
#include <nlohmann/json.hpp>

namespace asio = boost::asio;
namespace isag::api {

asio::awaitable<void> attach(Daemon& daemon, CallPtr call) {
    const auto request = parameters_of<proto::AttachRequest>(*call);
    co_await daemon.registry.wait_adopted();
    const auto sandbox = target_of(daemon, request.target);
    if (sandbox->status() == sandbox::Sandbox::Status::starting)
        throw Error("the sandbox " + sandbox->record().name + " is still starting", "try again in a moment");
    const auto terminal = terminal_of(*sandbox);
    co_await terminal->show_output();
    auto viewer = terminal->attach(request.terminal, terminal::Terminal::Onto::fresh);
    listen_to_viewer(call, sandbox, viewer);
    sandbox->show_lost_cover();
    daemon.events.tell("sandbox.attached", sandbox->record().name);
    const auto& record = sandbox->record();
    const proto::AttachReply reply{record.name, session_of(*sandbox, record.main), record.config};
    call->reply(proto::to_json(reply), viewer->take_client_ends());
    co_await see_through(daemon, call, sandbox, std::move(viewer));
}

}  // namespace isag::api

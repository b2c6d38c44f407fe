// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/hang_up.hpp"
#include "daemon/api/leash.hpp"
#include "daemon/api/operations.hpp"
#include "daemon/api/session.hpp"
#include "daemon/api/target.hpp"
#include <chrono>
#include <nlohmann/json.hpp>

namespace asio = boost::asio;
namespace isag::api {
namespace {

using Onto = terminal::Terminal::Onto;

constexpr std::chrono::seconds resume_limit{60};  // a session is not lost to an engine that is slow

ViewerPtr view(const CallPtr& call, const SandboxPtr& sandbox, const proto::TerminalSize& size, Onto onto) {
    if (!sandbox->terminal())
        throw Error("the sandbox " + sandbox->record().name + " has no terminal: its streams are its client's",
                    "'isag run' on a terminal, or with -d, makes one that can be attached to", ErrorKind::usage);
    auto viewer = sandbox->terminal()->attach(size, onto);
    listen_to_viewer(call, sandbox, viewer);
    return viewer;
}

}  // namespace

asio::awaitable<void> attach(Daemon& daemon, CallPtr call) {
    const auto request = parameters_of<proto::AttachRequest>(*call);
    co_await daemon.registry.wait_adopted();
    const auto sandbox = target_of(daemon, request.target);
    if (sandbox->status() == sandbox::Sandbox::Status::starting)
        throw Error("the sandbox " + sandbox->record().name + " is still starting", "try again in a moment");
    auto viewer = view(call, sandbox, request.terminal, Onto::fresh);
    daemon.events.tell("sandbox.attached", sandbox->record().name);
    const auto& record = sandbox->record();
    const proto::AttachReply reply{record.name, session_of(*sandbox, record.main), record.config};
    call->reply(proto::to_json(reply), viewer->take_client_ends());
    co_await see_through(daemon, call, sandbox, std::move(viewer));
}

asio::awaitable<void> resume(Daemon& daemon, CallPtr call) {
    const auto request = parameters_of<proto::ResumeRequest>(*call);
    co_await daemon.registry.wait_adopted(resume_limit);
    const auto sandbox = daemon.registry.with_id(request.sandbox);
    if (sandbox && sandbox->status() == sandbox::Sandbox::Status::starting)
        throw Error("the engine does not answer, so that the sandbox " + sandbox->record().name + " can't be resumed",
                    "it runs on: 'isag attach' comes back to it once the engine does");
    if (!sandbox) {  // it ended, and is gone already
        const auto finished = daemon.finished.find(request.sandbox);
        if (!finished || finished->record.main != request.process) throw Error("the sandbox is gone");
        call->reply(proto::to_json(proto::Nothing()));
        tell_exit(*call, finished->exit());
        co_return;
    }
    if (request.process != sandbox->record().main) {
        listen_to_client(*call, sandbox, request.process, {});
        call->reply(proto::to_json(proto::Nothing()));
        HangUp hang_up(daemon.registry, sandbox, request.process);
        const auto status = co_await sandbox->wait_process(request.process);
        hang_up.ended = true;
        tell_exit(*call, status);
        co_return;
    }
    Leash leash(daemon.registry, sandbox);
    if (!request.terminal) {
        listen_to_client(*call, sandbox, request.process, {});
        call->reply(proto::to_json(proto::Nothing()));
        co_return co_await see_through(daemon, call, sandbox, nullptr);
    }
    leash.let_go();
    auto viewer = view(call, sandbox, *request.terminal, Onto::shown);
    call->reply(proto::to_json(proto::Nothing()), viewer->take_client_ends());
    co_await see_through(daemon, call, sandbox, std::move(viewer));
}

}  // namespace isag::api

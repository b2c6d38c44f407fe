// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/hang_up.hpp"
#include "daemon/api/leash.hpp"
#include "daemon/api/operations.hpp"
#include "daemon/api/session.hpp"
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <nlohmann/json.hpp>

namespace asio = boost::asio;
namespace isag::api {
namespace {

constexpr std::chrono::seconds resume_limit{60};  // a session is not lost to an engine that is slow

// What was shown of it is gone on with where that is known, and painted over elsewhere.
asio::awaitable<ViewerPtr> view_again(terminal::Terminal& terminal, const proto::ResumeRequest& request,
                                      proto::ResumeReply& reply) {
    using terminal::Terminal;
    co_await terminal.show_output();
    const auto turn = request.types.value_or(true) ? Terminal::Turn::takes : Terminal::Turn::waits;
    auto viewer = request.place ? terminal.attach_behind(*request.terminal, *request.place, turn) : nullptr;
    reply.goes_on = viewer != nullptr;
    co_return viewer ? viewer : terminal.attach(*request.terminal, Terminal::Onto::shown, turn);
}

// One of exec's, whose streams the client has; sizes go to its terminal by way of us.
asio::awaitable<void> resume_process(Daemon& daemon, CallPtr call, SandboxPtr sandbox, std::int64_t process) {
    HangUp hang_up(daemon.registry, sandbox, process);
    auto master = co_await sandbox->terminal_of(process);
    listen_to_client(*call, sandbox, process, resize_of(std::move(master)));
    call->reply(proto::to_json(proto::Nothing()));
    const auto status = co_await sandbox->wait_process(process);
    hang_up.ended = true;
    tell_exit(*call, status);
}

asio::awaitable<void> tell_finished(CallPtr call, ExitStatus status) {
    tell_exit(*call, status);
    co_return;
}

// The sandbox ended and is gone already; what its terminal showed last is in its log.
asio::awaitable<void> resume_finished(Daemon& daemon, CallPtr call, proto::ResumeRequest request) {
    const auto finished = daemon.finished.with_id(request.sandbox);
    if (!finished || finished->record.main != request.process) throw Error("the sandbox is gone");
    proto::ResumeReply reply;
    ViewerPtr viewer;
    if (request.terminal && finished->record.has_terminal()) {
        const terminal::Terminal::Files files{daemon.finished.log_folder(finished->record.id), {}};
        auto executor = co_await asio::this_coro::executor;
        const auto terminal = std::make_shared<terminal::Terminal>(executor, files, proto::TerminalSize());
        terminal->end();
        viewer = co_await view_again(*terminal, request, reply);
    }
    call->reply(proto::to_json(reply), viewer ? viewer->take_client_ends() : std::vector<UniqueFd>());
    auto telling = tell_finished(call, finished->exit());
    co_await run_streams(std::move(viewer), std::move(telling));
}

}  // namespace

asio::awaitable<void> resume(Daemon& daemon, CallPtr call) {
    const auto request = parameters_of<proto::ResumeRequest>(*call);
    co_await daemon.registry.wait_taken_over(resume_limit);
    const auto sandbox = daemon.registry.with_id(request.sandbox);
    if (sandbox && sandbox->status() == sandbox::Sandbox::Status::starting)
        throw Error("the engine does not answer, so that the sandbox " + sandbox->record().name + " can't be resumed",
                    "it runs on: 'isag attach' comes back to it once the engine does");
    if (!sandbox) co_return co_await resume_finished(daemon, call, request);
    if (request.process != sandbox->record().main)
        co_return co_await resume_process(daemon, call, sandbox, request.process);
    Leash leash(daemon.registry, sandbox);
    if (!request.terminal) {
        listen_to_client(*call, sandbox, request.process, {});
        call->reply(proto::to_json(proto::Nothing()));
        co_return co_await see_through(daemon, call, sandbox, nullptr);
    }
    leash.let_go();
    proto::ResumeReply reply;
    const auto terminal = terminal_of(*sandbox);
    auto viewer = co_await view_again(*terminal, request, reply);
    sandbox->show_lost_cover();
    listen_to_viewer(call, sandbox, viewer);
    call->reply(proto::to_json(reply), viewer->take_client_ends());
    co_await see_through(daemon, call, sandbox, std::move(viewer));
}

}  // namespace isag::api

// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/session.hpp"
#include "common/log_error.hpp"
#include "daemon/api/farewell.hpp"
#include "daemon/terminal/terminal_size.hpp"
#include <boost/asio/this_coro.hpp>
#include <nlohmann/json.hpp>

namespace asio = boost::asio;
namespace isag::api {

const std::shared_ptr<terminal::Terminal>& terminal_of(const sandbox::Sandbox& sandbox) {
    if (!sandbox.terminal())
        throw Error("the sandbox " + sandbox.record().name + " has no terminal: its streams are its client's",
                    "'isag run' on a terminal, or with -d, makes one that can be attached to");
    return sandbox.terminal();
}

proto::Session session_of(const sandbox::Sandbox& sandbox, std::int64_t process) {
    const auto& record = sandbox.record();
    proto::Session session{record.id, process, {}, "deny"};
    if (record.session) session.detach_keys = record.session->detach_keys;
    if (record.session) session.clipboard = record.session->clipboard;
    return session;
}

void listen_to_client(Call& call, const SandboxPtr& sandbox, std::int64_t process, OnResize resize) {
    call.on_notification([sandbox, process, resize = std::move(resize)](const proto::Message& message) {
        if (message.method == "signal") {
            const auto signal = proto::from_json<proto::Signal>(*message.payload, "signal").value();
            sandbox->signal(process, static_cast<int>(signal.number));
        } else if (message.method == "resize" && resize) {
            resize(proto::from_json<proto::TerminalSize>(*message.payload, "resize").value());
        }
    });
}

OnResize resize_of(UniqueFd master) {
    if (!master) return {};
    return [kept = std::make_shared<UniqueFd>(std::move(master))](const proto::TerminalSize& size) {
        terminal::set_terminal_size(kept->get(), size);
    };
}

namespace {

void tell_place(Call& call, const terminal::Viewer::Place& place) {
    call.notify("place", proto::to_json(proto::Place{place.stream, place.place}));
}

}  // namespace

// The call knows the viewer and the viewer the call: neither keeps the other alive.
void listen_to_viewer(const CallPtr& call, const SandboxPtr& sandbox, const ViewerPtr& viewer) {
    const std::weak_ptr<terminal::Viewer> weak = viewer;
    listen_to_client(*call, sandbox, sandbox->record().main, [weak](const proto::TerminalSize& size) {
        if (const auto still = weak.lock()) still->resize(size);
    });
    const std::weak_ptr<Call> weak_call = call;
    viewer->on_turn([weak_call](bool types) {
        if (const auto still = weak_call.lock()) still->notify("turn", proto::to_json(proto::Turn{types}));
    });
    viewer->on_place([weak_call](const terminal::Viewer::Place& place) {
        if (const auto still = weak_call.lock(); still && still->answered()) tell_place(*still, place);
    });
}

proto::Exited exited(const ExitStatus& status) {
    proto::Exited out;
    if (status.signal)
        out.signal = *status.signal;
    else
        out.code = status.code.value_or(0);
    return out;
}

void tell_exit(Call& call, const ExitStatus& status) { call.notify("exited", proto::to_json(exited(status))); }

namespace {

// A terminal that leaves a sandbox which runs on is an event.
class TellDetached {
public:
    TellDetached(Daemon& daemon, SandboxPtr sandbox) : daemon_(daemon), sandbox_(std::move(sandbox)) {}
    TellDetached(const TellDetached&) = delete;
    ~TellDetached() {
        const bool runs = sandbox_ && sandbox_->status() == sandbox::Sandbox::Status::running;
        if (runs && !daemon_.registry.leaving()) daemon_.events.tell("sandbox.detached", sandbox_->record().name);
    }

private:
    Daemon& daemon_;
    SandboxPtr sandbox_;
};

asio::awaitable<void> tell_end(Daemon& daemon, CallPtr call, SandboxPtr sandbox) {
    const auto lost_covers = sandbox->on_lost_cover([call, name = sandbox->record().name](const auto& lost) {
        if (!lost.paused || !lost.obstacle.empty()) call->notice(sandbox::explain(name, lost));
    });
    co_await sandbox->wait_ended();
    if (sandbox->exit().out_of_memory)
        call->notice("the sandbox " + sandbox->record().name +
                     " ran out of memory, and the kernel killed its program: " +
                     "'container: {memory: …}' in isag.yaml sets the limit");
    co_await tell_farewell(daemon, *call, *sandbox);
    tell_exit(*call, sandbox->exit());
}

}  // namespace

asio::awaitable<void> see_through(Daemon& daemon, CallPtr call, SandboxPtr sandbox, ViewerPtr viewer) {
    const TellDetached detached(daemon, viewer ? sandbox : nullptr);
    if (viewer) tell_place(*call, viewer->place());
    auto end = tell_end(daemon, std::move(call), std::move(sandbox));
    co_await run_streams(std::move(viewer), std::move(end));
}

asio::awaitable<void> run_streams(ViewerPtr viewer, asio::awaitable<void> end) {
    TaskGroup streams(co_await asio::this_coro::executor, log_unless_cancelled);
    if (viewer) {
        streams.spawn(viewer->read());
        streams.spawn(viewer->watch());
        streams.spawn(viewer->write());
    }
    std::exception_ptr failed;
    try {
        co_await std::move(end);
        co_await streams.join();
    } catch (...) {
        failed = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    streams.cancel();
    co_await streams.join();
    if (failed) std::rethrow_exception(failed);
}

}  // namespace isag::api

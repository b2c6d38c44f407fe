// SPDX-License-Identifier: Apache-2.0
#include "client/forward/forwarder.hpp"
#include "client/forward/accept_all.hpp"
#include "client/forward/endpoint_text.hpp"
#include "client/forward/limits.hpp"
#include "client/forward/serve.hpp"
#include "client/output.hpp"
#include "common/error.hpp"
#include "proto/descriptor_kind.hpp"
#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace asio = boost::asio;
namespace isag::forward {
namespace {

// For what was under way when the sandbox ended.
constexpr std::chrono::seconds drain_limit{1};

// A shell may have the terminal in raw mode at the time.
void print_line(const std::string& line) { print_error(line + (::isatty(STDERR_FILENO) ? "\r\n" : "\n")); }

bool is_cancelled(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const boost::system::system_error& e) {
        return e.code() == asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

std::string message_of(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& e) {
        return e.what();
    }
}

bool has(const std::vector<OpenForward>& forwards, const char* kind) {
    return std::any_of(forwards.begin(), forwards.end(), [&](const auto& one) { return one.what.kind == kind; });
}

// Those by which this machine begins connections.
std::string host_options(const std::vector<OpenForward>& forwards) {
    if (!has(forwards, "dynamic")) return "-L";
    return has(forwards, "local") ? "-L and -D" : "-D";
}

bool is_listener(const UniqueFd& socket, bool is_path) {
    return is_path ? proto::is_unix_listener(socket) : proto::is_tcp_listener(socket);
}

}  // namespace

Forwarder::Forwarder(asio::any_io_executor executor, Options options)
    : options_(std::move(options)),
      line_(executor, options_.context),
      room_{line_,
            options_.target,
            [verbose = options_.context.verbose](const std::string& line) {
                if (verbose) print_line("isag: " + line);
            },
            [quiet = options_.context.quiet](const std::string& line) {
                if (!quiet) print_line("isag: note: " + line);
            },
            {host_options(options_.forwards), 0},
            {"-R", 0},
            {executor,
             [this](std::exception_ptr error) {
                 if (!is_cancelled(error)) room_.say("a connection failed: " + message_of(error));
             }},
            {executor, line_}},
      line_tasks_(executor, [this](std::exception_ptr error) { fail(error); }),
      listeners_(executor, [this](std::exception_ptr error) { fail(error); }) {
    const auto& all = options_.forwards;
    const Limits limits =
        limits_for(options_.descriptors, has(all, "local") || has(all, "dynamic"), has(all, "remote"));
    room_.from_host.most = limits.from_host;
    room_.from_sandbox.most = limits.from_sandbox;
    room_.flows.pipes.set_most_lent(limits.pipes);
    line_.on_notification([this](const proto::Message& message) { take(message); });
}

asio::awaitable<void> Forwarder::run() {
    line_tasks_.spawn(line_.run());
    TaskGroup preparing(co_await asio::this_coro::executor, [this](std::exception_ptr error) { fail(error); });
    preparing.spawn(prepare());
    while (is_wanted_ && !sandbox_has_ended_ && !failure_) co_await changed_.wait();
    preparing.cancel();
    co_await preparing.join();
    co_await finish();
    if (failure_) std::rethrow_exception(failure_);
}

void Forwarder::end() {
    is_wanted_ = false;
    changed_.notify();
}

void Forwarder::fail(std::exception_ptr error) {
    if (is_cancelled(error)) return;
    if (!failure_) failure_ = error;
    changed_.notify();
}

void Forwarder::take(const proto::Message& notification) {
    if (notification.method != "exited") return;
    sandbox_has_ended_ = true;
    line_.follow_no_more();
    changed_.notify();
}

asio::awaitable<void> Forwarder::prepare() {
    for (std::size_t place = 0; place < options_.forwards.size(); ++place)
        if (options_.forwards[place].what.kind == "remote") co_await listen_inside(place);
    proto::ForwardsRequest request{room_.target, {}};
    for (const auto& forward : options_.forwards) request.forwards.push_back(forward.what);
    auto asking = line_.ask("forwards", request);
    const auto answer = co_await std::move(asking);
    sandbox_ = proto::from_json<proto::ForwardsReply>(*answer.message.payload, "forwards").value().name;
    // From now on it is that very sandbox, whatever else may be started of its configuration.
    room_.target = proto::Target{sandbox_, {}};
    request.target = room_.target;
    line_.tell_each("forwards", [request] { return std::make_shared<const nlohmann::json>(proto::to_json(request)); });
    if (!options_.context.quiet) tell_ports();
    for (auto& forward : std::exchange(options_.forwards, {})) start(std::move(forward));
    if (options_.when_ready) options_.when_ready();
}

asio::awaitable<void> Forwarder::listen_inside(std::size_t place) {
    OpenForward& forward = options_.forwards[place];
    const proto::Endpoint at = forward.what.listen;
    const proto::ListenRequest request{room_.target, at, forward.what.to};
    auto asking = line_.ask("listen", request);
    std::optional<Error> failed;
    std::optional<proto::Incoming> answer;
    try {
        answer = co_await std::move(asking);
    } catch (const Error& error) {
        failed = error;
    }
    if (failed) throw cannot_listen(*failed, place);
    const auto is_odd = [&](const UniqueFd& socket) { return !is_listener(socket, !at.path.empty()); };
    if (answer->fds.empty() || std::any_of(answer->fds.begin(), answer->fds.end(), is_odd))
        throw Error("isagd handed over something else than listening sockets",
                    "are isag and isagd of the same version?");
    const auto reply = proto::from_json<proto::ListenReply>(*answer->message.payload, "listen").value();
    forward.sockets = std::move(answer->fds);
    if (at.path.empty()) forward.what.listen.port = reply.port;
}

// isagd knows of this command's forwards only once all of them listen.
Error Forwarder::cannot_listen(const Error& refused, std::size_t place) const {
    const Error error = refused.within("-R");
    const proto::Endpoint& at = options_.forwards[place].what.listen;
    const bool is_taken = error.message().ends_with(" is in use") || error.message().ends_with(" is there already");
    const auto end = options_.forwards.begin() + static_cast<std::ptrdiff_t>(place);
    const bool is_twice = std::any_of(options_.forwards.begin(), end, [&](const OpenForward& earlier) {
        const auto& [kind, listen, to] = earlier.what;
        return kind == "remote" && listen == at;
    });
    if (!is_taken || !is_twice) return error;
    return Error(error.message() + ": another -R of this command has it",
                 std::string("leave one of them out, or choose another ") + (at.path.empty() ? "port" : "path"),
                 error.kind());
}

// In ssh's words, which scripts read; those of this machine first.
void Forwarder::tell_ports() const {
    std::vector<std::string> inside;
    for (const auto& [what, sockets, is_any_port] : options_.forwards) {
        if (!is_any_port) continue;
        const std::string purpose =
            what.kind == "dynamic" ? "dynamic forward" : what.kind + " forward to " + endpoint_text(what.to);
        const std::string line = "Allocated port " + std::to_string(what.listen.port) + " for " + purpose;
        if (what.kind == "remote")
            inside.push_back(line);
        else
            print_line(line);
    }
    for (const auto& line : inside) print_line(line);
}

void Forwarder::start(OpenForward forward) {
    room_.say("forwarding " + forward_text(forward.what, sandbox_));
    Serve serve;
    const proto::Endpoint to = forward.what.to;
    if (forward.what.kind == "local")
        serve = [this, to](Stream accepted) { return serve_local(room_, to, std::move(accepted)); };
    else if (forward.what.kind == "remote")
        serve = [this, to](Stream accepted) { return serve_remote(room_, to, std::move(accepted)); };
    else
        serve = [this](Stream accepted) { return serve_dynamic(room_, std::move(accepted)); };
    ConnectionShare& share = forward.what.kind == "remote" ? room_.from_sandbox : room_.from_host;
    for (auto& socket : forward.sockets) listeners_.spawn(accept_all(room_, share, std::move(socket), serve));
}

// Nothing is left afterwards.
asio::awaitable<void> Forwarder::finish() {
    listeners_.cancel();
    co_await listeners_.join();
    if (sandbox_has_ended_) {
        const auto until = std::chrono::steady_clock::now() + drain_limit;
        while (is_wanted_ && room_.open() != 0 && co_await room_.closed.wait_until(until)) {
        }
    }
    room_.connections.cancel();
    co_await room_.connections.join();
    room_.sockets.cancel();
    co_await room_.sockets.join();
    line_tasks_.cancel();
    co_await line_tasks_.join();
}

}  // namespace isag::forward

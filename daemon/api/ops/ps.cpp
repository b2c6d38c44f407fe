// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/operations.hpp"
#include "daemon/api/session.hpp"
#include "daemon/sandbox/usage.hpp"
#include <chrono>
#include <nlohmann/json.hpp>

namespace isag::api {
namespace {

std::string status_of(const sandbox::Sandbox& sandbox) {
    if (sandbox.status() == sandbox::Sandbox::Status::starting) return "starting";
    if (sandbox.lost_cover()) return "paused";
    return sandbox.network_lost() ? "running, no network" : "running";
}

proto::SandboxInfo describe(const sandbox::Record& record) {
    proto::SandboxInfo info;
    info.name = record.name;
    info.agent = record.agent;
    info.started = record.started;
    info.project = record.project;
    info.config = record.config;
    return info;
}

proto::SandboxInfo describe(const sandbox::Finished& finished) {
    auto info = describe(finished.record);
    info.status = "ended";
    info.ended = finished.ended;
    info.exit = exited(finished.exit());
    return info;
}

proto::SandboxInfo describe(const sandbox::Sandbox& sandbox) {
    const auto& record = sandbox.record();
    auto info = describe(record);
    info.status = status_of(sandbox);
    info.blocked = sandbox.network_events().refused();
    if (sandbox.terminal()) info.viewers = static_cast<std::int64_t>(sandbox.terminal()->viewers());
    if (sandbox.pid() == 0) return info;
    const auto usage = sandbox::usage_of(static_cast<pid_t>(sandbox.pid()));
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto seconds = std::chrono::duration<double>(now).count() - static_cast<double>(record.started);
    info.memory = usage.memory;
    info.cpu_time = usage.cpu_microseconds;
    info.bytes_received = usage.traffic.received;
    info.bytes_sent = usage.traffic.sent;
    if (seconds > 0) info.cpu_percent = static_cast<double>(usage.cpu_microseconds) / 1e4 / seconds;
    return info;
}

}  // namespace

boost::asio::awaitable<void> ps(Daemon& daemon, CallPtr call) {
    const auto request = parameters_of<proto::PsRequest>(*call);
    co_await daemon.registry.wait_adopted();
    proto::PsReply reply;
    for (const auto& sandbox : daemon.registry.list()) reply.sandboxes.push_back(describe(*sandbox));
    if (request.all)
        for (const auto& finished : daemon.finished.list()) reply.sandboxes.push_back(describe(finished));
    call->reply(proto::to_json(std::move(reply)));
}

}  // namespace isag::api

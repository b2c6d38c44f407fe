// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/operations.hpp"
#include "daemon/sandbox/usage.hpp"
#include <chrono>
#include <nlohmann/json.hpp>

namespace isag::api {
namespace {

proto::SandboxInfo describe(const sandbox::Sandbox& sandbox) {
    const auto& record = sandbox.record();
    proto::SandboxInfo info;
    info.name = record.name;
    info.agent = record.agent;
    info.status = sandbox.status() == sandbox::Sandbox::Status::starting ? "starting" : "running";
    info.started = record.started;
    info.project = record.project;
    info.config = record.config;
    if (sandbox.pid() == 0) return info;
    const auto usage = sandbox::usage_of(static_cast<pid_t>(sandbox.pid()));
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto seconds = std::chrono::duration<double>(now).count() - static_cast<double>(record.started);
    info.memory = usage.memory;
    if (seconds > 0) info.cpu_percent = static_cast<double>(usage.cpu_microseconds) / 1e4 / seconds;
    return info;
}

}  // namespace

boost::asio::awaitable<void> ps(Daemon& daemon, CallPtr call) {
    parameters_of<proto::Nothing>(*call);
    co_await daemon.registry.wait_adopted();
    proto::PsReply reply;
    for (const auto& sandbox : daemon.registry.list()) reply.sandboxes.push_back(describe(*sandbox));
    call->reply(proto::to_json(std::move(reply)));
}

}  // namespace isag::api

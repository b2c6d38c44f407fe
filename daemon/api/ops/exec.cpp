// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/hang_up.hpp"
#include "daemon/api/operations.hpp"
#include "daemon/api/session.hpp"
#include "daemon/api/target.hpp"
#include <nlohmann/json.hpp>

namespace asio = boost::asio;
namespace isag::api {
namespace {

proto::init::Spawn spawn_of(const proto::ExecRequest& request) {
    proto::init::Spawn spawn;
    spawn.argv = request.argv;
    spawn.environment = request.environment;
    spawn.directory = request.directory.value_or("");
    spawn.terminal = request.terminal;
    return spawn;
}

}  // namespace

asio::awaitable<void> exec(Daemon& daemon, CallPtr call) {
    const auto request = parameters_of<proto::ExecRequest>(*call);
    co_await daemon.registry.wait_adopted();
    const auto sandbox = target_of(daemon, request.target);
    if (sandbox->status() != sandbox::Sandbox::Status::running)
        throw Error("the sandbox " + sandbox->record().name + " is not running yet", "try again in a moment");
    auto spawn = spawn_of(request);
    auto spawned = co_await sandbox->exec(std::move(spawn));
    daemon.events.tell("sandbox.exec", sandbox->record().name, {{"command", request.argv.at(0)}});
    HangUp hang_up(daemon.registry, sandbox, spawned.process);
    auto master = request.terminal ? spawned.streams.at(0).duplicate() : UniqueFd();
    listen_to_client(*call, sandbox, spawned.process, resize_of(std::move(master)));
    const proto::ExecReply reply{sandbox->record().name, session_of(*sandbox, spawned.process)};
    call->reply(proto::to_json(reply), std::move(spawned.streams));
    const auto status = co_await sandbox->wait_process(spawned.process);
    hang_up.ended = true;
    tell_exit(*call, status);
}

}  // namespace isag::api

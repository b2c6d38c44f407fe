// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/finished_target.hpp"
#include "daemon/api/operations.hpp"
#include "daemon/api/session.hpp"
#include <nlohmann/json.hpp>

namespace asio = boost::asio;
namespace isag::api {

static_assert(terminal::OutputLog::most_bytes_each >= proto::full_log_file, "clients wait for the next file");

asio::awaitable<void> logs(Daemon& daemon, CallPtr call) {
    const auto request = parameters_of<proto::LogsRequest>(*call);
    co_await daemon.registry.wait_adopted();
    const auto target = any_target(daemon, request.target);
    const auto& record = target.record();
    if (record.session && !record.session->terminal)
        throw Error("what " + record.name + " printed went to the client that ran it, and was not kept",
                    "a sandbox with a terminal keeps it: 'isag run' on one, or with -d");
    proto::LogsReply reply;
    reply.name = record.name;
    std::vector<UniqueFd> fds;
    for (auto& part : terminal::OutputLog::open_parts(daemon.finished.log_folder(record.id))) {
        reply.sizes.push_back(part.size);
        fds.push_back(std::move(part.file));
    }
    ViewerPtr viewer;  // nothing is printed between: no await
    if (request.follow && target.running && target.running->terminal()) {
        viewer = target.running->terminal()->follow();
        fds.push_back(std::move(viewer->take_client_ends().front()));
    }
    call->reply(proto::to_json(std::move(reply)), std::move(fds));
    if (!viewer) co_return;
    auto end = target.running->wait_ended();
    co_await run_streams(std::move(viewer), std::move(end));
}

asio::awaitable<void> wait(Daemon& daemon, CallPtr call) {
    const auto request = parameters_of<proto::WaitRequest>(*call);
    co_await daemon.registry.wait_adopted();
    const auto target = any_target(daemon, request.target);
    if (target.running) co_await target.running->wait_ended();
    proto::WaitReply reply;
    reply.name = target.record().name;
    reply.exited = exited(target.running ? target.running->exit() : target.finished->exit());
    call->reply(proto::to_json(std::move(reply)));
}

}  // namespace isag::api

// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/operations.hpp"
#include "daemon/api/port_holder.hpp"
#include "daemon/api/target.hpp"
#include "proto/forward.hpp"
#include <algorithm>
#include <nlohmann/json.hpp>

namespace isag::api {
namespace {

// In one reply, so that it fits into a message (1 MiB): an agent may listen on every port there is.
constexpr std::size_t most_listeners = 4096;
constexpr std::size_t most_forwards = 1024;

std::vector<proto::Listener> listeners_of(sandbox::Sandbox& sandbox, std::size_t& room) {
    std::vector<proto::Listener> out;
    for (const auto& [socket, holder] : inner_listeners(sandbox)) {
        if (room == 0) break;
        --room;
        out.push_back({socket.address, socket.port, holder ? holder->name : std::string()});
    }
    return out;
}

std::vector<proto::Forward> first_of(std::vector<proto::Forward> forwards, std::size_t& room) {
    forwards.resize(std::min(forwards.size(), room));
    room -= forwards.size();
    return forwards;
}

}  // namespace

boost::asio::awaitable<void> ports(Daemon& daemon, CallPtr call) {
    const auto request = parameters_of<proto::PortsRequest>(*call);
    co_await daemon.registry.wait_adopted();
    auto sandboxes = daemon.registry.list();
    if (request.name) sandboxes = {running_named(daemon, *request.name)};
    proto::PortsReply reply;
    std::size_t listeners = most_listeners;
    std::size_t forwards = most_forwards;
    for (const auto& sandbox : sandboxes) {
        if (sandbox->status() != sandbox::Sandbox::Status::running) continue;
        proto::Ports ports;
        ports.name = sandbox->record().name;
        ports.listeners = listeners_of(*sandbox, listeners);
        ports.published = first_of(sandbox->record().published.value_or(std::vector<proto::Forward>()), forwards);
        ports.waiting = sandbox->waiting_ports();
        ports.forwards = first_of(daemon.forwards.of(sandbox->record().id), forwards);
        reply.sandboxes.push_back(std::move(ports));
    }
    call->reply(proto::to_json(std::move(reply)));
}

}  // namespace isag::api

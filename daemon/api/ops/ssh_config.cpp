// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/ssh_config.hpp"
#include "daemon/api/operations.hpp"
#include <nlohmann/json.hpp>

namespace isag::api {

boost::asio::awaitable<void> ssh_config(Daemon& daemon, CallPtr call) {
    parameters_of<proto::Nothing>(*call);
    co_await daemon.registry.wait_adopted();
    write_ssh_config(daemon);
    proto::SshConfigReply reply;
    reply.file = ssh_config_file(daemon.directories).string();
    reply.hosts = ssh_hosts(daemon);
    reply.text = ssh_config_text(reply.hosts, client_program());
    call->reply(proto::to_json(std::move(reply)));
}

}  // namespace isag::api

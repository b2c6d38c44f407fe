// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/artifacts.hpp"
#include "daemon/api/operations.hpp"
#include "daemon/api/ssh_config.hpp"
#include "daemon/api/target.hpp"
#include "proto/forward.hpp"
#include <nlohmann/json.hpp>

namespace isag::api {

boost::asio::awaitable<void> ssh(Daemon& daemon, CallPtr call) {
    const auto request = parameters_of<proto::SshRequest>(*call);
    co_await daemon.registry.wait_adopted();
    const auto sandbox = target_of(daemon, request.target);
    const auto& record = sandbox->record();
    if (!record.user)
        throw Error("the sandbox was started by an older isag, which can't do this", "stop it, and start it again");
    const auto artifacts = artifacts_folder(daemon.directories.cache, record.config);
    auto keys = sandbox::read_ssh_keys(artifacts / "ssh");
    std::vector<UniqueFd> fds;
    fds.push_back(co_await sandbox->start_sshd(std::move(keys)));
    daemon.events.tell("sandbox.ssh", record.name);
    write_ssh_config(daemon);  // the keys may be new
    const proto::SshReply reply{record.name, *record.user, artifacts.string(),
                                record.session ? record.session->clipboard : "deny"};
    call->reply(proto::to_json(reply), std::move(fds));
}

}  // namespace isag::api

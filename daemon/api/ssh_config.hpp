// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/api/daemon.hpp"
#include "proto/forward.hpp"
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

// Entries for ssh(1), so that ssh, scp, rsync, git and IDEs know the sandboxes that run as isag-NAME.
namespace isag::api {

// What a sandbox is called as ssh's host: this, and its name.
inline constexpr std::string_view ssh_host_prefix = "isag-";

// In isag's state folder; people's ~/.ssh/config may include it.
std::filesystem::path ssh_config_file(const Directories& directories);

// Of each sandbox that runs and whose user is known.
std::vector<proto::SshHost> ssh_hosts(const Daemon& daemon);

// As ssh_config(5) reads it. One whose paths no ssh_config can hold (a quote, a control character) is a comment that
// says so. `client` is the isag that ssh calls. Pure.
std::string ssh_config_text(const std::vector<proto::SshHost>& hosts, const std::filesystem::path& client);

// The isag that belongs to this isagd.
std::filesystem::path client_program();

// Brings the file, and the host keys beside it, up to date: whenever a sandbox starts or has ended. What goes wrong is
// logged, since nobody waits for it.
void write_ssh_config(const Daemon& daemon);

}  // namespace isag::api

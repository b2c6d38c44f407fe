// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/finished_target.hpp"
#include "daemon/api/ssh_config.hpp"

namespace isag::api {
namespace {

std::optional<sandbox::Finished> latest_of(Daemon& daemon, const std::string& config) {
    std::optional<sandbox::Finished> latest;
    for (auto& finished : daemon.finished.list())
        if (finished.record.config == config) latest = std::move(finished);
    return latest;
}

std::optional<AnyTarget> look_for(Daemon& daemon, const std::string& name) {
    if (auto running = daemon.registry.named(name)) return AnyTarget{std::move(running), {}};
    if (auto finished = daemon.finished.named(name)) return AnyTarget{nullptr, std::move(finished)};
    if (auto running = daemon.registry.with_prefix(name)) return AnyTarget{std::move(running), {}};
    if (auto finished = daemon.finished.find(name)) return AnyTarget{nullptr, std::move(finished)};
    return std::nullopt;
}

}  // namespace

AnyTarget any_named(Daemon& daemon, const std::string& name) {
    if (name.empty()) throw Error("the sandbox's name is empty", "'isag ps' lists those that run", ErrorKind::usage);
    if (auto found = look_for(daemon, name)) return std::move(*found);
    if (name.starts_with(ssh_host_prefix) && name.size() > ssh_host_prefix.size())
        if (auto found = look_for(daemon, name.substr(ssh_host_prefix.size()))) return std::move(*found);
    throw Error("no sandbox is named " + name,
                name.find('@') == std::string::npos
                    ? "'isag ps' lists those that run"
                    : "isag goes in as the sandbox's own user: leave out the @ and what is before it");
}

AnyTarget any_target(Daemon& daemon, const proto::Target& target) {
    if (target.name) return any_named(daemon, *target.name);
    if (auto running = find_target(daemon, target)) return {std::move(running), {}};
    if (auto finished = latest_of(daemon, target.config.path)) return {nullptr, std::move(finished)};
    return {target_of(daemon, target), {}};  // which says that there is none
}

}  // namespace isag::api

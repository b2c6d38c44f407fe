// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/finished_target.hpp"

namespace isag::api {
namespace {

std::optional<sandbox::Finished> latest_of(Daemon& daemon, const std::string& config) {
    std::optional<sandbox::Finished> latest;
    for (auto& finished : daemon.finished.list())
        if (finished.record.config == config) latest = std::move(finished);
    return latest;
}

}  // namespace

AnyTarget any_named(Daemon& daemon, const std::string& name) {
    if (name.empty()) throw Error("the sandbox's name is empty", "'isag ps' lists those that run", ErrorKind::usage);
    if (auto running = daemon.registry.named(name)) return {std::move(running), {}};
    if (auto finished = daemon.finished.named(name)) return {nullptr, std::move(finished)};
    if (auto running = daemon.registry.with_prefix(name)) return {std::move(running), {}};
    if (auto finished = daemon.finished.find(name)) return {nullptr, std::move(finished)};
    throw Error("no sandbox is named " + name, "'isag ps' lists those that run");
}

AnyTarget any_target(Daemon& daemon, const proto::Target& target) {
    if (target.name) return any_named(daemon, *target.name);
    if (auto running = find_target(daemon, target)) return {std::move(running), {}};
    if (auto finished = latest_of(daemon, target.config.path)) return {nullptr, std::move(finished)};
    return {target_of(daemon, target), {}};  // which says that there is none
}

}  // namespace isag::api

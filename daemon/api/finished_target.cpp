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

AnyTarget any_target(Daemon& daemon, const proto::Target& target) {
    AnyTarget out;
    std::optional<Error> none;
    try {
        out.running = target_of(daemon, target);
        return out;
    } catch (const Error& error) {
        none = error;
    }
    out.finished = target.name ? daemon.finished.find(*target.name) : latest_of(daemon, target.config.path);
    if (!out.finished) throw *none;
    return out;
}

}  // namespace isag::api

// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/target.hpp"
#include "daemon/api/finished_target.hpp"

namespace isag::api {

std::optional<std::size_t> only_one_of(const std::vector<sandbox::Record>& records, const std::string& config) {
    std::optional<std::size_t> found;
    std::string names;
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (records[i].config != config) continue;
        names += (names.empty() ? "" : ", ") + records[i].name;
        if (names != records[i].name)
            found.reset();
        else
            found = i;
    }
    if (names.empty() || found) return found;
    throw Error("several sandboxes of " + config + " are running: " + names, "name the one that is meant");
}

namespace {

Error has_ended(const sandbox::Finished& finished) {
    const auto& name = finished.record.name;
    const std::string start = "'isag run --name " + name + "' starts one anew";
    return Error("the sandbox " + name + " has ended (exit status " + std::to_string(finished.exit().as_shell()) + ")",
                 finished.record.has_terminal() ? "'isag logs " + name + "' shows what it printed, " + start : start);
}

}  // namespace

SandboxPtr running_named(Daemon& daemon, const std::string& name) {
    auto found = any_named(daemon, name);
    if (found.running) return std::move(found.running);
    throw has_ended(*found.finished);
}

SandboxPtr find_target(Daemon& daemon, const proto::Target& target) {
    if (target.name) return running_named(daemon, *target.name);
    const auto sandboxes = daemon.registry.list();
    std::vector<sandbox::Record> records;
    for (const auto& sandbox : sandboxes) records.push_back(sandbox->record());
    const auto found = only_one_of(records, target.config.path);
    return found ? sandboxes[*found] : nullptr;
}

SandboxPtr target_of(Daemon& daemon, const proto::Target& target) {
    auto sandbox = find_target(daemon, target);
    if (sandbox) return sandbox;
    throw Error("no sandbox of " + target.config.path + " is running",
                "'isag run -c " + target.config.path + "' starts one, 'isag ps' lists those of other configurations");
}

}  // namespace isag::api

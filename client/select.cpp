// SPDX-License-Identifier: Apache-2.0
#include "client/select.hpp"
#include "client/connection.hpp"
#include "common/error.hpp"
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

namespace isag {

std::string only_sandbox_of(const std::vector<proto::SandboxInfo>& sandboxes, const std::string& config) {
    std::vector<std::string> names;
    for (const auto& sandbox : sandboxes)
        if (sandbox.config == config) names.push_back(sandbox.name);
    if (names.empty())
        throw Error("no sandbox of " + config + " is running",
                    "'isag run -c " + config + "' starts one, 'isag ps' lists those of other configurations",
                    ErrorKind::usage);
    if (names.size() == 1) return names[0];
    std::string list;
    for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
    throw Error("several sandboxes of " + config + " are running: " + list, "name the one that is meant",
                ErrorKind::usage);
}

std::string without_host_prefix(const Context& context, const std::string& given) {
    constexpr std::string_view prefix = "isag-";
    if (!given.starts_with(prefix) || given.size() == prefix.size()) return given;
    const std::string rest = given.substr(prefix.size());
    const auto running =
        ask(context, [](Connection& connection) { return connection.call<proto::PsReply>("ps", proto::PsRequest{}); });
    const auto is_given = [&](const proto::SandboxInfo& sandbox) { return sandbox.name == given; };
    if (std::any_of(running.sandboxes.begin(), running.sandboxes.end(), is_given)) return given;
    const auto is_meant = [&](const proto::SandboxInfo& sandbox) { return sandbox.name.starts_with(rest); };
    return std::any_of(running.sandboxes.begin(), running.sandboxes.end(), is_meant) ? rest : given;
}

}  // namespace isag

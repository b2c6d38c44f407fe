// SPDX-License-Identifier: Apache-2.0
#include "client/select.hpp"
#include "common/error.hpp"

namespace isag {

std::string only_sandbox_of(const std::vector<proto::SandboxInfo>& sandboxes, const std::string& config) {
    std::vector<std::string> names;
    for (const auto& sandbox : sandboxes)
        if (sandbox.config == config) names.push_back(sandbox.name);
    if (names.empty())
        throw Error("no sandbox of " + config + " is running",
                    "'isag run -c " + config + "' starts one, 'isag ps' lists those of other configurations");
    if (names.size() == 1) return names[0];
    std::string list;
    for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
    throw Error("several sandboxes of " + config + " are running: " + list, "name the one that is meant");
}

}  // namespace isag

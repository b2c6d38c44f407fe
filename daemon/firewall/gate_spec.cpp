// SPDX-License-Identifier: Apache-2.0
#include "daemon/firewall/gate_plan.hpp"
#include <nlohmann/json.hpp>

namespace isag::firewall {
namespace {

using nlohmann::json;

constexpr std::int64_t memory = 128 << 20;  // bytes, no swap on top
constexpr std::int64_t processes = 32;      // and threads

json host_config(const GatePlan& plan, const std::string& network) {
    json host{{"NetworkMode", network},
              {"Mounts", json::array({{{"Type", "bind"},
                                       {"Source", plan.run_folder.string()},
                                       {"Target", proto::gate::mount_folder},
                                       {"ReadOnly", true},
                                       {"BindOptions", {{"Propagation", "rprivate"}, {"NonRecursive", true}}}}})},
              {"ReadonlyRootfs", true},
              {"CapDrop", json::array({"ALL"})},
              {"CapAdd", json::array({"NET_ADMIN"})},
              {"SecurityOpt", json::array({"no-new-privileges"})},
              {"Privileged", false},
              {"IpcMode", "private"},
              {"CgroupnsMode", "private"},
              // Started again it would get a namespace of its own, and the agent stay behind (security.md S5).
              {"RestartPolicy", {{"Name", "no"}}},
              {"AutoRemove", false},
              {"Init", false},
              {"PidsLimit", processes},
              {"Memory", memory},
              {"MemorySwap", memory},
              {"LogConfig", {{"Type", "json-file"}, {"Config", {{"max-size", "1m"}, {"max-file", "1"}}}}}};
    if (!plan.podman) host["Ulimits"] = json::array({{{"Name", "core"}, {"Soft", 0}, {"Hard", 0}}});
    if (plan.keep_id) host["UsernsMode"] = "keep-id";
    // isag's own network gives no IPv6 (security.md N7); what others give is the rules' work.
    const bool no_ipv6 = plan.mode != GateMode::open && plan.own_uplink && plan.external_networks.empty();
    if (no_ipv6) host["Sysctls"] = {{"net.ipv6.conf.all.disable_ipv6", "1"}};
    return host;
}

}  // namespace

json gate_spec(const GatePlan& plan, const std::string& image, const std::string& network) {
    return {
        {"Image", image},
        {"Entrypoint", json::array({proto::gate::program_path})},
        {"Cmd", json::array({name_of(plan.mode)})},
        {"Env", json::array()},
        {"User", "0:0"},
        {"WorkingDir", "/"},
        {"Hostname", plan.hostname},
        {"AttachStdin", false},
        {"AttachStdout", false},
        {"AttachStderr", false},
        {"Tty", false},
        {"OpenStdin", false},
        {"Healthcheck", {{"Test", json::array({"NONE"})}}},
        {"Labels",
         {{"isag.sandbox", plan.sandbox}, {"isag.role", "gate"}, {"isag.nonce", plan.nonce}, {"isag.name", plan.name}}},
        {"HostConfig", host_config(plan, network)}};
}

}  // namespace isag::firewall

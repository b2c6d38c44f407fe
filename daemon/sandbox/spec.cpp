// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/plan.hpp"
#include <nlohmann/json.hpp>

namespace isag::sandbox {
namespace {

using nlohmann::json;

constexpr std::int64_t shared_memory = 1 << 30;  // /dev/shm: browsers and PyTorch need more than the engine's 64 MiB

json gpu_requests(const Plan& plan) {
    if (plan.gpu_devices.empty()) return json::array();
    if (plan.gpu_by_cdi) {
        json ids = json::array();
        for (const auto& device : plan.gpu_devices) ids.push_back("nvidia.com/gpu=" + device);
        return json::array({{{"Driver", "cdi"}, {"DeviceIDs", ids}}});
    }
    json request{{"Driver", "nvidia"}, {"Capabilities", json::array({json::array({"gpu", "compute", "utility"})})}};
    if (plan.gpu_devices.front() == "all")
        request["Count"] = -1;
    else
        request["DeviceIDs"] = plan.gpu_devices;
    return json::array({request});
}

std::string user_of(const Plan& plan) {
    if (plan.root_is_me) return "0:0";
    return std::to_string(plan.agent.uid) + ":" + std::to_string(plan.agent.gid);
}

json host_config(const Plan& plan, const std::string& gate) {
    json host{{"NetworkMode", "container:" + gate},
              {"Mounts", json::array()},
              {"CapDrop", json::array({"ALL"})},
              {"SecurityOpt", json::array({"no-new-privileges"})},
              {"Privileged", false},
              {"IpcMode", "private"},
              {"CgroupnsMode", "private"},
              {"RestartPolicy", {{"Name", "no"}}},
              {"AutoRemove", false},
              {"Init", false},
              {"PidsLimit", plan.pids},
              {"Memory", plan.memory},
              {"MemorySwap", plan.memory},  // the same: no swap on top
              {"NanoCpus", static_cast<std::int64_t>(plan.cpus * 1e9)},
              {"ShmSize", shared_memory},
              {"OomScoreAdj", 500},  // when the host runs short, the sandbox goes first
              {"LogConfig", {{"Type", "json-file"}, {"Config", {{"max-size", "1m"}, {"max-file", "1"}}}}},
              {"DeviceRequests", gpu_requests(plan)}};
    // The limit of open files is init's work: an engine can't give more than it has itself, and then refuses to start.
    // Init forbids core files too, for Podman: given one limit, that forgets those of its containers.conf and asks for
    // more open files than root may have on every host.
    if (!plan.podman) host["Ulimits"] = json::array({{{"Name", "core"}, {"Soft", 0}, {"Hard", 0}}});
    for (const auto& mount : plan.mounts) host["Mounts"].push_back(mount_spec(mount));
    if (plan.runtime) host["Runtime"] = *plan.runtime;
    // The gate's, which keeps ids: only within the user namespace that a network namespace belongs to does the kernel
    // let a container mount /sys beside it.
    if (plan.keep_id) host["UsernsMode"] = "container:" + gate;
    return host;
}

}  // namespace

json mount_spec(const BindMount& mount) {
    // The Mounts API refuses a missing source, where Binds makes it as root (security.md F1).
    return {{"Type", "bind"},
            {"Source", mount.host.string()},
            {"Target", mount.container.string()},
            {"ReadOnly", mount.read_only},
            // A file system mounted below a read-only folder would stay writable, since only the top mount becomes
            // read-only: such a folder comes without what is mounted below it.
            {"BindOptions", {{"Propagation", "rprivate"}, {"NonRecursive", mount.read_only}}}};
}

json container_spec(const Plan& plan, const std::string& gate) {
    // No variables and no command here: they may hold secrets, and `docker inspect` shows them. Init gets them.
    json spec{{"Image", plan.image},
              {"Entrypoint", json::array({proto::init::program_path})},
              {"Cmd", json::array()},
              {"User", user_of(plan)},
              {"WorkingDir", "/"},
              {"AttachStdin", false},
              {"AttachStdout", false},
              {"AttachStderr", false},
              {"Tty", false},
              {"OpenStdin", false},
              {"Healthcheck", {{"Test", json::array({"NONE"})}}},
              {"Labels",
               {{"isag.sandbox", plan.identity.id},
                {"isag.role", "agent"},
                {"isag.nonce", plan.identity.nonce},
                {"isag.name", plan.identity.name}}},
              {"HostConfig", host_config(plan, gate)}};
    // Docker gives it the gate's hostname and refuses another; Podman makes up one unless it is told.
    if (plan.podman) spec["Hostname"] = plan.identity.hostname();
    return spec;
}

}  // namespace isag::sandbox

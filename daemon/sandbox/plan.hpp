// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/environment.hpp"
#include "daemon/config/config.hpp"
#include "daemon/engine/types.hpp"
#include "daemon/firewall/gate_plan.hpp"
#include "daemon/sandbox/mounts.hpp"
#include "daemon/sandbox/person.hpp"
#include "daemon/sandbox/run_folder.hpp"
#include "proto/init.hpp"
#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

// What a sandbox will be, worked out before anything is made. Pure.
namespace isag::sandbox {

// What tells one sandbox from another.
struct Identity {
    std::string id;     // 12 hex digits
    std::string nonce;  // 32 hex digits, known to nobody else: proves that a container is ours (security.md D3)
    std::string name;   // what a person calls it
    std::string container_name() const { return "isag-" + name + "-" + id; }
    std::string gate_name() const { return container_name() + "-gate"; }
    std::string hostname() const { return name.substr(0, 63); }
};

struct PlanInputs {
    const config::Config& config;
    Identity identity;
    std::string image;
    Person agent;
    std::vector<BindMount> mounts;  // laid out
    Environment env_files;
    Environment extra_environment;   // -e
    Environment person_environment;  // of the person's shell: TERM and its like are taken from it
    std::vector<std::string> arguments;
    std::optional<proto::TerminalSize> terminal;
    engine::Info engine;
    firewall::HostNetwork host_network;
    std::optional<std::string> uplink;  // isagd.yaml's network
    bool learn = false;                 // every public name is let through, and recorded
    RunFolder folder;
    std::filesystem::path init_program;  // on the host
};

struct Plan {
    Identity identity;
    std::string image;
    Person agent;
    std::vector<BindMount> mounts;  // all of them, init's included
    firewall::GatePlan gate;        // whose network namespace it joins
    std::string working_directory;
    double cpus = 0;
    std::int64_t memory = 0;
    std::int64_t pids = 0;
    std::optional<std::string> runtime;
    std::vector<std::string> gpu_devices;  // "all" or ids; empty: none
    bool gpu_by_cdi = false;
    bool podman = false;
    bool keep_id = false;     // rootless Podman: the person's uid is kept inside
    bool root_is_me = false;  // rootless Docker: uid 0 inside is the person
    proto::init::Spawn main;
    std::vector<std::string> notices;
};

// Failure where the engine or the host can't give what the config asks for (a GPU, a runtime, a resolver).
Result<Plan> make_plan(const PlanInputs& inputs);

// What runs: the agent's own command, with arguments that start with '-'; otherwise the arguments are the command.
std::vector<std::string> main_command(const config::Agent& agent, const std::vector<std::string>& arguments);

// The agent's variables: isag's, the vendor's, env_files, env, -e; each wins over those before it.
Environment main_environment(const PlanInputs& inputs);

// A mount as POST /containers/create takes it.
nlohmann::json mount_spec(const BindMount& mount);

// The body of POST /containers/create; `gate` is the id of the gate's container.
nlohmann::json container_spec(const Plan& plan, const std::string& gate);

}  // namespace isag::sandbox

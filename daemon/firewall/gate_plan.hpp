// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include "daemon/config/config.hpp"
#include "daemon/engine/types.hpp"
#include "daemon/firewall/host_network.hpp"
#include "proto/gate.hpp"
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace isag::firewall {

enum class GateMode {
    limited,  // rules are loaded
    learn,    // rules are loaded, and every public name is let through and recorded
    open,     // no rules: the engine's own network
};
const char* name_of(GateMode mode);

// What a sandbox's gate will be, worked out before anything is made. Pure, as what is made of it here.
struct GatePlan {
    GateMode mode = GateMode::limited;
    std::string sandbox;  // id
    std::string nonce;    // proves that a container is ours (security.md D3)
    std::string name;     // what a person calls the sandbox
    std::string container_name;
    std::string hostname;                        // of gate and agent
    bool own_uplink = true;                      // joins isag's own network
    std::string network;                         // else: the engine's NetworkMode
    std::vector<std::string> external_networks;  // joined before the start
    bool podman = false;
    bool keep_id = false;              // rootless Podman: the agent joins the gate's user namespace too
    std::filesystem::path run_folder;  // on the host; holds the socket that it dials
    proto::gate::Configure settings;   // siblings are added when they are known
};

// Which mode a config asks for.
GateMode mode_of(const config::Config& config, bool learn);

// The names that a config allows, those of the agent's vendor with them; all of them normalized.
std::vector<proto::gate::Rule> rules_of(const config::Config& config);

// The rules and everything else of a config that the gate goes by. Failure where no resolver can be asked.
Result<proto::gate::Configure> settings_of(const config::Config& config, GateMode mode, const HostNetwork& host);

// The uplink that fits the engine and the config's external networks, or the network of the person's choice.
void plan_uplink(GatePlan& plan, const engine::Info& engine, std::vector<std::string> external_networks,
                 const std::optional<std::string>& chosen = {});

// The body of POST /containers/create; `image` and `network` by their ids.
nlohmann::json gate_spec(const GatePlan& plan, const std::string& image, const std::string& network);

}  // namespace isag::firewall

// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/plan.hpp"
#include "daemon/sandbox/ssh_files.hpp"
#include <algorithm>
#include <array>

namespace isag::sandbox {
namespace {

constexpr const char* default_terminal = "xterm-256color";

// What a Debian or Ubuntu image describes without further packages (ncurses-base); any other terminal is close enough
// to xterm-256color for full-screen programs.
bool is_in_every_image(const std::string& terminal) {
    static constexpr std::array<std::string_view, 12> known{
        "xterm", "xterm-256color", "xterm-color",  "screen", "screen-256color", "tmux",
        "linux", "tmux-256color",  "rxvt-unicode", "vt100",  "vt220",           "dumb"};
    return std::find(known.begin(), known.end(), terminal) != known.end();
}

void add_terminal(Environment& env, const Environment& person) {
    const std::string terminal = find(person, "TERM").value_or(default_terminal);
    env["TERM"] = is_in_every_image(terminal) ? terminal : default_terminal;
    for (const char* name : {"COLORTERM", "NO_COLOR", "TZ"})
        if (const auto value = find(person, name)) env[name] = *value;
}

void add_vendor(Environment& env, const PlanInputs& inputs, const std::string& home) {
    if (inputs.config.agent.vendor == config::Vendor::claude) {
        // Else it refuses yolo mode to uid 0, which is no root here.
        if (inputs.engine.root_is_person()) env["IS_SANDBOX"] = "1";
        env["CLAUDE_CONFIG_DIR"] = home + "/.claude";
        env["DISABLE_TELEMETRY"] = "1";
        env["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1";
    } else {
        env["CODEX_HOME"] = home + "/.codex";
    }
}

void add(Environment& env, const Environment& more) {
    for (const auto& [name, value] : more) env[name] = value;
}

bool has(const std::vector<std::string>& list, const std::string& wanted) {
    return std::find(list.begin(), list.end(), wanted) != list.end();
}

std::optional<Failure> plan_gpu(Plan& plan, const PlanInputs& inputs) {
    const auto& container = inputs.config.container;
    if (container.gpu == config::Gpu::none) return std::nullopt;
    plan.gpu_devices = container.gpu == config::Gpu::all ? std::vector<std::string>{"all"} : container.gpu_ids;
    plan.gpu_by_cdi = std::any_of(inputs.engine.cdi_devices.begin(), inputs.engine.cdi_devices.end(),
                                  [](const std::string& id) { return id.starts_with("nvidia.com/gpu="); });
    if (plan.gpu_by_cdi || has(inputs.engine.runtimes, "nvidia")) return std::nullopt;
    return Failure{"container.gpu: the engine has no NVIDIA Container Toolkit",
                   "install nvidia-container-toolkit, then: sudo nvidia-ctk runtime configure && sudo systemctl "
                   "restart docker; or set gpu: false"};
}

// A runtime may have a network stack of its own, that rules in the namespace don't reach (security.md S1).
bool obeys_rules(const std::string& runtime) {
    static constexpr std::array<std::string_view, 4> known{"", "runc", "crun", "nvidia"};
    return std::find(known.begin(), known.end(), runtime) != known.end();
}

std::optional<Failure> plan_gate(Plan& plan, const PlanInputs& inputs) {
    firewall::GatePlan& gate = plan.gate;
    gate.mode = firewall::mode_of(inputs.config, inputs.learn);
    gate.sandbox = inputs.identity.id;
    gate.nonce = inputs.identity.nonce;
    gate.name = inputs.identity.name;
    gate.container_name = inputs.identity.gate_name();
    gate.hostname = inputs.identity.hostname();
    gate.run_folder = inputs.folder.gate_folder();
    firewall::plan_uplink(gate, inputs.engine, inputs.config.container.external_networks, inputs.uplink);
    const std::string runtime = plan.runtime.value_or(inputs.engine.default_runtime);
    if (gate.mode != firewall::GateMode::open && !obeys_rules(runtime))
        return Failure{"limit_network: the firewall is not proven under the runtime '" + runtime + "'",
                       "container.runtime: runc or crun; or limit_network: null, which limits nothing"};
    auto settings = firewall::settings_of(inputs.config, gate.mode, inputs.host_network);
    if (!settings) return settings.error();
    gate.settings = std::move(*settings);
    return std::nullopt;
}

void plan_mounts(Plan& plan, const PlanInputs& inputs) {
    plan.mounts = inputs.mounts;
    plan.mounts.push_back({inputs.folder.socket_folder(), proto::init::mount_folder, true});
    plan.mounts.push_back({inputs.init_program, proto::init::program_path, true});
    plan.mounts.push_back({inputs.folder.hosts(), "/etc/hosts", true});
    plan.mounts.push_back({inputs.folder.hostname(), "/etc/hostname", true});
    plan.mounts.push_back({inputs.folder.profile(), login_profile_file, true});
    // Without rules the engine's own resolvers are asked.
    if (plan.gate.mode != firewall::GateMode::open)
        plan.mounts.push_back({inputs.folder.resolv_conf(), "/etc/resolv.conf", true});
}

}  // namespace

std::vector<std::string> main_command(const config::Agent& agent, const std::vector<std::string>& arguments) {
    if (!arguments.empty() && !arguments[0].starts_with('-')) return arguments;
    const bool claude = agent.vendor == config::Vendor::claude;
    std::vector<std::string> command{claude ? "claude" : "codex"};
    if (agent.yolo_mode)
        command.push_back(claude ? "--dangerously-skip-permissions" : "--dangerously-bypass-approvals-and-sandbox");
    command.insert(command.end(), arguments.begin(), arguments.end());
    return command;
}

Environment main_environment(const PlanInputs& inputs) {
    const std::string home = inputs.config.container.home();
    Environment env{{"HOME", home},
                    {"USER", inputs.config.container.user},
                    {"LOGNAME", inputs.config.container.user},
                    {"SHELL", "/bin/bash"},
                    {"ISAG_SANDBOX", inputs.identity.name}};
    add_terminal(env, inputs.person_environment);
    add_vendor(env, inputs, home);
    if (inputs.config.container.gpu != config::Gpu::none) {
        env["NVIDIA_VISIBLE_DEVICES"] = "all";
        env["NVIDIA_DRIVER_CAPABILITIES"] = "compute,utility";
    }
    add(env, inputs.env_files);
    add(env, inputs.config.env);
    add(env, inputs.extra_environment);
    return env;
}

Result<Plan> make_plan(const PlanInputs& inputs) {
    const auto& container = inputs.config.container;
    Plan plan;
    plan.identity = inputs.identity;
    plan.image = inputs.image;
    plan.agent = inputs.agent;
    plan.working_directory = inputs.config.project.container.string();
    plan.cpus = container.cpus;
    plan.memory = container.memory != 0 ? container.memory : inputs.engine.memory / 4 * 3;
    plan.pids = container.pids != 0 ? container.pids : config::Container().pids;
    plan.runtime = container.runtime;
    plan.podman = inputs.engine.podman;
    plan.keep_id = inputs.engine.podman && inputs.engine.rootless;
    plan.root_is_me = inputs.engine.root_is_person();
    if (plan.runtime && !has(inputs.engine.runtimes, *plan.runtime))
        return Failure{"container.runtime: the engine has no runtime '" + *plan.runtime + "'",
                       "docker info shows those it has"};
    if (auto failure = plan_gate(plan, inputs)) return *failure;
    plan_mounts(plan, inputs);
    if (auto failure = plan_gpu(plan, inputs)) return *failure;
    plan.main.argv = main_command(inputs.config.agent, inputs.arguments);
    plan.main.environment = main_environment(inputs);
    plan.main.directory = plan.working_directory;
    plan.main.terminal = inputs.terminal;
    plan.main.main = true;
    return plan;
}

}  // namespace isag::sandbox

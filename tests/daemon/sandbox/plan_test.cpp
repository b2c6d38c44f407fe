// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/plan.hpp"
#include "common/file.hpp"
#include <algorithm>
#include <cstdlib>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace isag;
using namespace isag::sandbox;
using nlohmann::json;

namespace {

struct Inputs {
    config::Config config = config::default_config();
    engine::Info engine;
    Environment env_files, extra,
        person{{"TERM", "xterm-kitty"}, {"COLORTERM", "truecolor"}, {"SECRET", "of the shell"}};
    std::vector<std::string> arguments;
    std::optional<proto::TerminalSize> terminal;
    firewall::HostNetwork host_network{{"198.51.100.53"}, {"198.51.100.1"}};
    bool learn = false;

    Inputs() {
        config.container.name = "web";
        config.project = {"/home/pat/web", "/workspace/project", config::Access::read_write, "project"};
        engine.memory = std::int64_t{8} << 30;
        engine.runtimes = {"runc"};
    }
    Result<Plan> plan() const {
        return make_plan({.config = config,
                          .identity = {"0123456789ab", "00112233445566778899aabbccddeeff", "web"},
                          .image = "isag/web:abc",
                          .agent = {1000, 1001},
                          .mounts = {{"/home/pat/web", "/workspace/project", false},
                                     {"/run/empty", "/workspace/project/.env", true}},
                          .env_files = env_files,
                          .extra_environment = extra,
                          .person_environment = person,
                          .arguments = arguments,
                          .terminal = terminal,
                          .engine = engine,
                          .host_network = host_network,
                          .uplink = {},
                          .learn = learn,
                          .folder = {"/run/user/7/isag/sandboxes/0123456789ab"},
                          .init_program = "/usr/libexec/isag/isag-init"});
    }
    json spec() const { return container_spec(plan().value(), "aabbcc"); }
};

// Compares with golden/NAME.json; with ISAG_UPDATE_GOLDEN set it is written anew instead.
void check_golden(const std::string& name, const json& spec) {
    const auto path = std::filesystem::path(ISAG_TEST_DATA) / "golden" / (name + ".json");
    const std::string text = spec.dump(2) + "\n";
    if (std::getenv("ISAG_UPDATE_GOLDEN")) write_file(path, text, 0644);
    CHECK(text == read_file(path).value());
}

}  // namespace

TEST_CASE("container_spec: claude in a project, the network limited") { check_golden("claude", Inputs().spec()); }

TEST_CASE("container_spec: limits, runtime, networks and a GPU as the file says") {
    Inputs inputs;
    inputs.config.agent.vendor = config::Vendor::codex;
    auto& container = inputs.config.container;
    container.cpus = 1.5;
    container.memory = std::int64_t{2} << 30;
    container.pids = 200;
    container.runtime = "runsc";
    container.external_networks = {"db", "cache"};
    container.gpu = config::Gpu::listed;
    container.gpu_ids = {"0", "1"};
    inputs.config.limit_network.reset();
    inputs.engine.runtimes = {"nvidia", "runc", "runsc"};
    check_golden("codex-everything", inputs.spec());
    CHECK(inputs.plan()->gate.external_networks == std::vector<std::string>{"db", "cache"});
}

TEST_CASE("container_spec: nothing secret, no variable and no argument is in it") {
    Inputs inputs;
    inputs.config.env = {{"TOKEN", "s3cret-env"}};
    inputs.env_files = {{"KEY", "s3cret-file"}};
    inputs.extra = {{"MORE", "s3cret-extra"}};
    inputs.arguments = {"curl", "s3cret-argument"};
    const std::string text = inputs.spec().dump();
    CHECK(text.find("s3cret") == std::string::npos);
    CHECK(text.find("TOKEN") == std::string::npos);
    CHECK(text.find("curl") == std::string::npos);
}

TEST_CASE("make_plan: without a limit in the file, memory is three quarters of the host's and pids are bounded") {
    Inputs inputs;
    CHECK(inputs.plan()->memory == std::int64_t{6} << 30);
    CHECK(inputs.plan()->pids == 4096);
    inputs.config.container.memory = 64 << 20;
    inputs.config.container.pids = 0;
    CHECK(inputs.plan()->memory == 64 << 20);
    CHECK(inputs.plan()->pids == 4096);
    const auto host = inputs.spec()["HostConfig"];
    CHECK(host["MemorySwap"] == host["Memory"]);
}

TEST_CASE("make_plan: the agent joins its gate's network, whose rules are the file's") {
    Inputs inputs;
    inputs.config.container.external_networks = {"db"};
    const auto plan = inputs.plan().value();
    CHECK(plan.gate.mode == firewall::GateMode::limited);
    CHECK(plan.gate.external_networks == std::vector<std::string>{"db"});
    CHECK(plan.gate.settings.resolvers.size() == 1);
    CHECK(plan.gate.settings.rules.back().name == "platform.claude.com");
    CHECK(plan.gate.nonce == plan.identity.nonce);
    CHECK(plan.gate.container_name == "isag-web-0123456789ab-gate");
    CHECK(plan.gate.run_folder == "/run/user/7/isag/sandboxes/0123456789ab/gate");
    CHECK(plan.notices.empty());
    CHECK(inputs.spec()["HostConfig"]["NetworkMode"] == "container:aabbcc");
    CHECK_FALSE(inputs.spec().contains("Hostname"));
}

TEST_CASE("make_plan: an unlimited network is an open gate's, with the engine's own resolvers") {
    Inputs inputs;
    inputs.config.limit_network.reset();
    inputs.config.container.external_networks = {"db"};
    inputs.host_network = {};
    const auto plan = inputs.plan().value();
    CHECK(plan.gate.mode == firewall::GateMode::open);
    CHECK(plan.gate.external_networks == std::vector<std::string>{"db"});
    CHECK(plan.notices.empty());
    const auto covers = [](const Plan& of, const std::string& path) {
        return std::any_of(of.mounts.begin(), of.mounts.end(),
                           [&](const BindMount& mount) { return mount.container == path && mount.read_only; });
    };
    for (const char* path : {"/etc/hosts", "/etc/hostname"}) CHECK(covers(plan, path));
    CHECK_FALSE(covers(plan, "/etc/resolv.conf"));
    inputs.learn = true;
    inputs.host_network.resolvers = {"198.51.100.53"};
    const auto learning = inputs.plan().value();
    CHECK(covers(learning, "/etc/resolv.conf"));
    CHECK(learning.gate.mode == firewall::GateMode::learn);
    CHECK(learning.notices.empty());  // the client says it, before anything else
}

TEST_CASE("make_plan: rules are only trusted under runtimes that use the kernel's own network") {
    Inputs inputs;
    inputs.engine.runtimes = {"runc", "runsc"};
    inputs.config.container.runtime = "runsc";
    CHECK(inputs.plan().error().message == "limit_network: the firewall is not proven under the runtime 'runsc'");
    inputs.config.limit_network.reset();
    CHECK(inputs.plan().has_value());
    inputs.config = Inputs().config;
    inputs.engine.default_runtime = "kata";
    CHECK(inputs.plan().has_error());
    inputs.engine.default_runtime = "runc";
    CHECK(inputs.plan().has_value());
}

TEST_CASE("make_plan: without a resolver that a sandbox can reach nothing starts") {
    Inputs inputs;
    inputs.host_network.resolvers.clear();
    CHECK(inputs.plan().error().message.starts_with("limit_network: none of this host's resolvers"));
}

TEST_CASE("make_plan: rootless Podman keeps the person's id, rootless Docker maps root to the person") {
    Inputs inputs;
    inputs.config.limit_network.reset();
    inputs.engine.rootless = true;
    CHECK(inputs.spec()["User"] == "0:0");
    CHECK(inputs.plan()->main.environment.at("IS_SANDBOX") == "1");
    CHECK_FALSE(inputs.spec()["HostConfig"].contains("UsernsMode"));
    inputs.engine.podman = true;
    CHECK(inputs.spec()["User"] == "1000:1001");
    CHECK(inputs.spec()["HostConfig"]["UsernsMode"] == "container:aabbcc");
    CHECK(inputs.plan()->gate.keep_id);
    CHECK(inputs.spec()["Hostname"] == inputs.plan()->identity.hostname());
    CHECK_FALSE(inputs.spec()["HostConfig"].contains("Ulimits"));
    CHECK(inputs.plan()->gate.network == "slirp4netns");
}

TEST_CASE("make_plan: a GPU by the NVIDIA runtime, by CDI, or a clear error") {
    Inputs inputs;
    inputs.config.container.gpu = config::Gpu::all;
    const auto absent = inputs.plan();
    REQUIRE(absent.has_error());
    CHECK(absent.error().message == "container.gpu: the engine has no NVIDIA Container Toolkit");
    CHECK(absent.error().hint.find("nvidia-container-toolkit") != std::string::npos);

    inputs.engine.runtimes = {"nvidia"};
    auto requests = inputs.spec()["HostConfig"]["DeviceRequests"];
    REQUIRE(requests.size() == 1);
    CHECK(requests[0]["Driver"] == "nvidia");
    CHECK(requests[0]["Count"] == -1);

    inputs.engine.cdi_devices = {"nvidia.com/gpu=0", "nvidia.com/gpu=all"};
    requests = inputs.spec()["HostConfig"]["DeviceRequests"];
    CHECK(requests[0]["Driver"] == "cdi");
    CHECK(requests[0]["DeviceIDs"] == json::array({"nvidia.com/gpu=all"}));

    inputs.config.container.gpu = config::Gpu::none;
    CHECK(inputs.spec()["HostConfig"]["DeviceRequests"].empty());
}

TEST_CASE("make_plan: a runtime that the engine does not have is an error") {
    Inputs inputs;
    inputs.config.container.runtime = "kata";
    CHECK(inputs.plan().error().message == "container.runtime: the engine has no runtime 'kata'");
}

TEST_CASE("main_command: arguments that start with - go to the agent, others are the command") {
    config::Agent agent;
    using Words = std::vector<std::string>;
    CHECK(main_command(agent, {}) == Words{"claude", "--dangerously-skip-permissions"});
    CHECK(main_command(agent, {"-p", "hi"}) == Words{"claude", "--dangerously-skip-permissions", "-p", "hi"});
    CHECK(main_command(agent, {"bash", "-lc", "id"}) == Words{"bash", "-lc", "id"});
    agent.vendor = config::Vendor::codex;
    CHECK(main_command(agent, {}) == Words{"codex", "--dangerously-bypass-approvals-and-sandbox"});
    agent.yolo_mode = false;
    CHECK(main_command(agent, {"--version"}) == Words{"codex", "--version"});
}

TEST_CASE("main_environment: each source wins over those before it, and the shell's own variables stay out") {
    Inputs inputs;
    inputs.env_files = {{"A", "file"}, {"B", "file"}, {"C", "file"}, {"HOME", "/elsewhere"}};
    inputs.config.env = {{"B", "yaml"}, {"C", "yaml"}};
    inputs.extra = {{"C", "extra"}};
    const auto env = inputs.plan()->main.environment;
    CHECK(env.at("A") == "file");
    CHECK(env.at("B") == "yaml");
    CHECK(env.at("C") == "extra");
    CHECK(env.at("HOME") == "/elsewhere");
    CHECK(env.at("TERM") == "xterm-256color");  // kitty's description is in no image
    CHECK(env.at("COLORTERM") == "truecolor");
    CHECK(env.at("ISAG_SANDBOX") == "web");
    CHECK(env.at("CLAUDE_CONFIG_DIR") == "/home/isag/.claude");
    CHECK_FALSE(env.contains("SECRET"));
}

// SPDX-License-Identifier: Apache-2.0
#include "daemon/firewall/gate_plan.hpp"
#include "common/file.hpp"
#include <cstdlib>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace isag;
using namespace isag::firewall;
using nlohmann::json;

namespace {

const HostNetwork host{{"198.51.100.53", "2001:db8::53"}, {"127.0.0.1", "198.51.100.1"}};

config::Config limited() {
    config::Config config = config::default_config();
    config.limit_network.emplace();
    config.limit_network->domains = {{false, "example.com", {}, false}, {true, "example.org", {443, 8443}, true}};
    return config;
}

GatePlan plan(GateMode mode, std::vector<std::string> networks = {}, engine::Info engine = {}) {
    GatePlan out;
    out.mode = mode;
    out.sandbox = "0123456789ab";
    out.nonce = "00112233445566778899aabbccddeeff";
    out.name = "web";
    out.container_name = "isag-web-0123456789ab-gate";
    out.hostname = "web";
    out.run_folder = "/run/user/7/isag/sandboxes/0123456789ab/gate";
    plan_uplink(out, engine, std::move(networks));
    return out;
}

json spec(const GatePlan& of) { return gate_spec(of, "sha256:aa", "bb"); }

// Compares with golden/NAME.json; with ISAG_UPDATE_GOLDEN set it is written anew instead.
void check_golden(const std::string& name, const json& value) {
    const auto path = std::filesystem::path(ISAG_TEST_DATA) / "golden" / (name + ".json");
    const std::string text = value.dump(2) + "\n";
    if (std::getenv("ISAG_UPDATE_GOLDEN")) write_file(path, text, 0644);
    CHECK(text == read_file(path).value());
}

}  // namespace

TEST_CASE("gate_spec: a limited gate holds NET_ADMIN and nothing else") {
    check_golden("limited", spec(plan(GateMode::limited)));
}

TEST_CASE("gate_spec: IPv6 is turned off only where rules are loaded and the uplink is isag's own alone") {
    const auto sysctls = [](const GatePlan& of) { return spec(of)["HostConfig"].value("Sysctls", json::object()); };
    CHECK(sysctls(plan(GateMode::limited)).size() == 1);
    CHECK(sysctls(plan(GateMode::learn)).size() == 1);
    CHECK(sysctls(plan(GateMode::open)).empty());
    CHECK(sysctls(plan(GateMode::limited, {"db"})).empty());
    engine::Info podman;
    podman.podman = podman.rootless = true;
    CHECK(sysctls(plan(GateMode::limited, {}, podman)).empty());
}

TEST_CASE("plan_uplink: isag's own network under Docker, Podman's under Podman") {
    CHECK(plan(GateMode::limited).own_uplink);
    CHECK(plan(GateMode::open, {"db"}).external_networks == std::vector<std::string>{"db"});
    engine::Info podman;
    podman.podman = true;
    CHECK_FALSE(plan(GateMode::limited, {}, podman).own_uplink);
    CHECK(plan(GateMode::limited, {}, podman).network == "default");
    podman.rootless = true;
    CHECK(plan(GateMode::limited, {}, podman).network == "slirp4netns");
    CHECK(plan(GateMode::limited, {"db"}, podman).network == "default");
    CHECK(spec(plan(GateMode::limited, {}, podman))["HostConfig"]["UsernsMode"] == "keep-id");
    CHECK_FALSE(spec(plan(GateMode::limited, {}, podman))["HostConfig"].contains("Ulimits"));
}

TEST_CASE("plan_uplink: a network that the person chose is used as it is, whatever the engine") {
    engine::Info engine;
    for (const bool podman : {false, true}) {
        GatePlan out;
        engine.podman = engine.rootless = podman;
        plan_uplink(out, engine, {}, "lab");
        CHECK_FALSE(out.own_uplink);
        CHECK(out.network == "lab");
    }
}

TEST_CASE("gate_spec: the mode is the program's argument") {
    CHECK(spec(plan(GateMode::limited))["Cmd"] == json::array({"limited"}));
    CHECK(spec(plan(GateMode::learn))["Cmd"] == json::array({"learn"}));
    CHECK(spec(plan(GateMode::open))["Cmd"] == json::array({"open"}));
}

TEST_CASE("mode_of: by the file, unless everything is to be learned") {
    config::Config config = limited();
    CHECK(mode_of(config, false) == GateMode::limited);
    CHECK(mode_of(config, true) == GateMode::learn);
    config.limit_network.reset();
    CHECK(mode_of(config, false) == GateMode::open);
    CHECK(mode_of(config, true) == GateMode::learn);
}

TEST_CASE("settings_of: the file's names with their ports, and the vendor's on any port") {
    const auto settings = settings_of(limited(), GateMode::limited, host).value();
    REQUIRE(settings.rules.size() == 4);
    CHECK(settings.rules[0].name == "example.com");
    CHECK(settings.rules[0].ports.empty());
    CHECK_FALSE(settings.rules[0].allow_private);
    CHECK(settings.rules[1].name == "*.example.org");
    CHECK(settings.rules[1].ports == std::vector<std::int64_t>{443, 8443});
    CHECK(settings.rules[1].allow_private);
    CHECK(settings.rules[2].name == "api.anthropic.com");
    CHECK(settings.rules[2].ports.empty());
    CHECK(settings.rules[3].name == "platform.claude.com");
    CHECK(settings.own_addresses == host.addresses);
    CHECK_FALSE(settings.learn);
    CHECK(settings.siblings.empty());
}

TEST_CASE("settings_of: an empty list allows the vendor's own names alone") {
    auto config = limited();
    config.limit_network->domains.clear();
    config.agent.vendor = config::Vendor::codex;
    const auto settings = settings_of(config, GateMode::limited, host).value();
    CHECK(settings.rules.size() == 3);
    for (const auto& rule : settings.rules) CHECK_FALSE(rule.name.starts_with("*"));
}

TEST_CASE("settings_of: the configured resolvers, else the host's, else a clear error") {
    auto config = limited();
    auto settings = settings_of(config, GateMode::limited, host).value();
    REQUIRE(settings.resolvers.size() == 2);
    CHECK(settings.resolvers[1].address == "2001:db8::53");
    CHECK(settings.resolvers[1].port == 53);
    config.limit_network->dns = {{"198.51.100.9", 5353}};
    settings = settings_of(config, GateMode::limited, host).value();
    REQUIRE(settings.resolvers.size() == 1);
    CHECK(settings.resolvers[0].address == "198.51.100.9");
    CHECK(settings.resolvers[0].port == 5353);
    config.limit_network->dns.clear();
    const auto none = settings_of(config, GateMode::limited, {});
    REQUIRE(none.has_error());
    CHECK(none.error().message.find("resolvers") != std::string::npos);
    CHECK(none.error().hint.find("limit_network: {dns:") != std::string::npos);
    CHECK(settings_of(config, GateMode::open, {}).has_value());
}

TEST_CASE("settings_of: what learns says so, and what is open needs no rules") {
    auto config = limited();
    CHECK(settings_of(config, GateMode::learn, host)->learn);
    config.limit_network.reset();
    CHECK(settings_of(config, GateMode::learn, host)->resolvers.size() == 2);
    CHECK(settings_of(config, GateMode::open, host)->rules.empty());
}

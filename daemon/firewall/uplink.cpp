// SPDX-License-Identifier: Apache-2.0
#include "daemon/firewall/uplink.hpp"
#include <nlohmann/json.hpp>

namespace asio = boost::asio;
using nlohmann::json;

namespace isag::firewall {
namespace {

constexpr const char* no_traffic_between = "com.docker.network.bridge.enable_icc";

// One that somebody else made by this name, or that lets containers talk to each other, is none of ours.
bool fits(const engine::Network& network, const std::string& name, const std::string& owner) {
    const auto owned = network.labels.find("isag.owner");
    const auto icc = network.options.find(no_traffic_between);
    return network.name == name && network.driver == "bridge" && owned != network.labels.end() &&
           owned->second == owner && icc != network.options.end() && icc->second == "false";
}

json network_spec(const std::string& name, const std::string& owner) {
    return {{"Name", name},
            {"CheckDuplicate", true},
            {"Driver", "bridge"},
            {"EnableIPv6", false},
            {"Options", {{no_traffic_between, "false"}}},
            {"Labels", {{"isag.owner", owner}, {"isag.role", "uplink"}}}};
}

}  // namespace

std::string Uplink::name() const { return "isag-" + owner_.substr(0, 12); }

asio::awaitable<std::string> Uplink::ensure(engine::Engine& engine) {
    const auto held = co_await lock_.take();
    known_ = true;
    const auto known = co_await engine.list_networks("isag.owner=" + owner_);
    for (const auto& network : known)
        if (fits(network, name(), owner_)) co_return network.id;
    auto spec = std::make_shared<const json>(network_spec(name(), owner_));
    co_return co_await engine.create_network(std::move(spec));
}

asio::awaitable<void> Uplink::remove_unused(engine::Engine& engine) {
    const auto held = co_await lock_.take();
    if (in_use()) co_return;
    const auto known = co_await engine.list_networks("isag.owner=" + owner_);
    for (const auto& network : known)
        if (network.name == name() && !in_use()) co_await engine.remove_network(network.id);
    known_ = false;
}

}  // namespace isag::firewall

// SPDX-License-Identifier: Apache-2.0
#include "common/error.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/engine/http.hpp"
#include "daemon/engine/reply.hpp"
#include <nlohmann/json.hpp>

namespace asio = boost::asio;
using nlohmann::json;

namespace isag::engine {
namespace {

constexpr std::chrono::seconds network_limit{60};

// A field that may be missing or null.
json part(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_object() ? *found : json::object();
}

std::map<std::string, std::string> texts(const json& object) {
    std::map<std::string, std::string> out;
    for (const auto& item : object.items())
        if (item.value().is_string()) out.emplace(item.key(), item.value().get<std::string>());
    return out;
}

std::string text(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// "172.18.0.2/16" without its prefix length.
void add_address(std::vector<std::string>& out, const std::string& address) {
    if (!address.empty()) out.push_back(address.substr(0, address.find('/')));
}

Network network_of(const json& item) {
    Network network;
    network.id = text(item, "Id");
    network.name = text(item, "Name");
    network.driver = text(item, "Driver");
    network.labels = texts(part(item, "Labels"));
    network.options = texts(part(item, "Options"));
    const json ipam = part(item, "IPAM");
    if (const auto pools = ipam.find("Config"); pools != ipam.end() && pools->is_array())
        for (const auto& pool : *pools)
            if (pool.is_object()) add_address(network.gateways, text(pool, "Gateway"));
    const json containers = part(item, "Containers");
    for (const auto& entry : containers.items()) {
        auto& addresses = network.containers[entry.key()];
        if (!entry.value().is_object()) continue;
        add_address(addresses, text(entry.value(), "IPv4Address"));
        add_address(addresses, text(entry.value(), "IPv6Address"));
    }
    return network;
}

}  // namespace

asio::awaitable<std::optional<Network>> Engine::inspect_network(std::string name) {
    HttpRequest request{"GET", "/networks/" + encode(name)};
    const auto response = co_await http_->send(std::move(request), network_limit);
    if (response.status == 404) co_return std::nullopt;
    co_return read_reply(response, "look for the network " + name, network_of);
}

asio::awaitable<std::vector<Network>> Engine::list_networks(std::string label) {
    HttpRequest request{"GET", "/networks?filters=" + label_filter(label)};
    const auto response = co_await http_->send(std::move(request), network_limit);
    co_return read_list(response, "list networks", network_of);
}

asio::awaitable<std::string> Engine::create_network(std::shared_ptr<const json> spec) {
    HttpRequest request{"POST", "/networks/create", spec->dump()};
    const auto response = co_await http_->send(std::move(request), network_limit);
    co_return read_id(response, "create a network");
}

asio::awaitable<void> Engine::remove_network(std::string id) {
    HttpRequest request{"DELETE", "/networks/" + encode(id)};
    const auto response = co_await http_->send(std::move(request), network_limit);
    if (response.status == 404 || response.status == 403 || response.status == 409) co_return;  // gone, or in use
    expect_ok(response, "remove the network");
}

asio::awaitable<void> Engine::connect_network(std::string network, std::string container) {
    const json body{{"Container", container}};
    HttpRequest request{"POST", "/networks/" + encode(network) + "/connect", body.dump()};
    const auto response = co_await http_->send(std::move(request), network_limit);
    expect_ok(response, "connect the network " + network);
}

}  // namespace isag::engine

// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine/info.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/engine/http.hpp"
#include "daemon/engine/reply.hpp"
#include <algorithm>
#include <nlohmann/json.hpp>

namespace asio = boost::asio;
using nlohmann::json;

namespace isag::engine {
namespace {

constexpr std::chrono::seconds info_limit{30};

std::vector<std::string> cdi_devices(const json& reply) {
    std::vector<std::string> out;
    const auto devices = reply.find("DiscoveredDevices");
    if (devices == reply.end() || !devices->is_array()) return out;
    for (const auto& device : *devices)
        if (device.is_object() && device.value("Source", "") == "cdi") out.push_back(device.value("ID", ""));
    return out;
}

// Docker says it among its security options, Podman in a field of its own.
bool is_rootless(const json& reply, const Info& info) {
    const auto said = reply.find("Rootless");
    if (said != reply.end() && said->is_boolean()) return said->get<bool>();
    return std::any_of(info.security.begin(), info.security.end(),
                       [](const std::string& option) { return option.starts_with("name=rootless"); });
}

}  // namespace

Info info_of(const json& reply) {
    Info info;
    info.kernel = reply.value("KernelVersion", "");
    info.system = reply.value("OperatingSystem", "");
    info.version = reply.value("ServerVersion", "");
    info.default_runtime = reply.value("DefaultRuntime", "");
    info.cpus = reply.value("NCPU", std::int64_t{0});
    info.memory = reply.value("MemTotal", std::int64_t{0});
    if (reply.contains("Runtimes") && reply["Runtimes"].is_object())
        for (const auto& runtime : reply["Runtimes"].items()) info.runtimes.push_back(runtime.key());
    if (reply.contains("SecurityOptions") && reply["SecurityOptions"].is_array())
        for (const auto& option : reply["SecurityOptions"]) info.security.push_back(option.get<std::string>());
    info.cdi_devices = cdi_devices(reply);
    info.podman = reply.contains("BuildahVersion");  // Podman's own addition to the reply
    info.rootless = is_rootless(reply, info);
    return info;
}

Engine::Engine(std::unique_ptr<Http> http) : http_(std::move(http)) {}
Engine::~Engine() = default;

asio::awaitable<Info> Engine::info() {
    HttpRequest request{"GET", "/info"};
    const auto response = co_await http_->send(std::move(request), info_limit);
    co_return read_reply(response, "describe itself", info_of);
}

}  // namespace isag::engine

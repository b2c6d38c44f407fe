// SPDX-License-Identifier: Apache-2.0
#include "common/error.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/engine/http.hpp"
#include "daemon/engine/reply.hpp"
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <nlohmann/json.hpp>

namespace asio = boost::asio;
using nlohmann::json;

namespace isag::engine {
namespace {

constexpr std::chrono::seconds removal_limit{10};
constexpr std::chrono::milliseconds removal_pause{50};
constexpr std::chrono::seconds container_limit{120};  // starting may wait for the disk

// stdout and stderr come in frames: one byte stream, three zero, four length, big-endian (Engine API, "Attach").
std::string without_frames(std::string_view bytes) {
    std::string out;
    while (bytes.size() >= 8) {
        std::size_t length = 0;
        for (int i = 4; i < 8; ++i)
            length = length << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
        out += bytes.substr(8, length);
        bytes.remove_prefix(std::min(bytes.size(), 8 + length));
    }
    return out;
}

std::map<std::string, std::string> labels_of(const json& labels) {
    std::map<std::string, std::string> out;
    if (labels.is_object())
        for (const auto& label : labels.items()) out.emplace(label.key(), label.value().get<std::string>());
    return out;
}

// By network. Docker 25 and later has all of them in DNSNames, earlier ones and Podman in Aliases.
std::map<std::string, std::vector<std::string>> aliases_of(const json& reply) {
    std::map<std::string, std::vector<std::string>> out;
    const json settings = reply.value("NetworkSettings", json());
    if (!settings.is_object() || !settings.contains("Networks") || !settings["Networks"].is_object()) return out;
    for (const auto& network : settings["Networks"].items()) {
        auto& aliases = out[network.key()];
        for (const char* key : {"Aliases", "DNSNames"}) {
            if (!network.value().is_object() || !network.value().contains(key)) continue;
            for (const auto& alias : network.value()[key])
                if (alias.is_string()) aliases.push_back(alias.get<std::string>());
        }
    }
    return out;
}

ContainerState state_of(const json& reply) {
    ContainerState state;
    const json& now = reply.at("State");
    state.id = reply.at("Id").get<std::string>();
    state.name = reply.value("Name", "");
    state.status = now.value("Status", "");
    state.running = now.value("Running", false) || state.status == "paused";  // which Podman takes for another state
    state.pid = now.value("Pid", std::int64_t{0});
    state.exit_code = now.value("ExitCode", std::int64_t{0});
    state.labels = labels_of(reply.at("Config").value("Labels", json::object()));
    state.aliases = aliases_of(reply);
    return state;
}

ContainerState summary_of(const json& item) {
    ContainerState state;
    state.id = item.at("Id").get<std::string>();
    if (item.contains("Names") && item["Names"].is_array() && !item["Names"].empty())
        state.name = item["Names"][0].get<std::string>();
    state.status = item.value("State", "");
    state.running = state.status == "running" || state.status == "paused";
    state.labels = labels_of(item.value("Labels", json::object()));
    return state;
}

}  // namespace

asio::awaitable<std::string> Engine::create_container(std::string name, std::shared_ptr<const json> spec) {
    HttpRequest request{"POST", "/containers/create?name=" + encode(name), spec->dump()};
    const auto response = co_await http_->send(std::move(request), container_limit);
    co_return read_id(response, "create the container " + name);
}

asio::awaitable<void> Engine::start_container(std::string id) {
    HttpRequest request{"POST", "/containers/" + encode(id) + "/start"};
    const auto response = co_await http_->send(std::move(request), container_limit);
    expect_ok(response, "start the container");
}

asio::awaitable<std::optional<ContainerState>> Engine::inspect_container(std::string id) {
    HttpRequest request{"GET", "/containers/" + encode(id) + "/json"};
    const auto response = co_await http_->send(std::move(request), container_limit);
    if (response.status == 404) co_return std::nullopt;
    co_return read_reply(response, "inspect the container", state_of);
}

asio::awaitable<std::vector<ContainerState>> Engine::list_containers(std::string label) {
    HttpRequest request{"GET", "/containers/json?all=true&filters=" + label_filter(label)};
    const auto response = co_await http_->send(std::move(request), container_limit);
    co_return read_list(response, "list containers", summary_of);
}

asio::awaitable<std::int64_t> Engine::wait_container(std::string id) {
    HttpRequest request{"POST", "/containers/" + encode(id) + "/wait"};
    std::string body;
    const auto collect = [&body](std::string_view bytes) { body += bytes; };
    auto response = co_await http_->stream(std::move(request), collect);
    if (response.status < 400) response.body = std::move(body);
    const auto status = [](const json& reply) { return reply.value("StatusCode", std::int64_t{-1}); };
    co_return read_reply(response, "wait for the container", status);
}

asio::awaitable<void> Engine::kill_container(std::string id, std::string signal) {
    HttpRequest request{"POST", "/containers/" + encode(id) + "/kill?signal=" + encode(signal)};
    const auto response = co_await http_->send(std::move(request), container_limit);
    if (response.status == 404 || response.status == 409) co_return;  // gone, or not running
    expect_ok(response, "signal the container");
}

asio::awaitable<void> Engine::pause_container(std::string id) {
    HttpRequest request{"POST", "/containers/" + encode(id) + "/pause"};
    const auto response = co_await http_->send(std::move(request), container_limit);
    if (response.status < 300) co_return;
    const auto state = co_await inspect_container(id);
    if (state && state->running && state->status != "paused") expect_ok(response, "pause the container");
}

asio::awaitable<void> Engine::unpause_container(std::string id) {
    HttpRequest request{"POST", "/containers/" + encode(id) + "/unpause"};
    const auto response = co_await http_->send(std::move(request), container_limit);
    if (response.status < 300) co_return;
    const auto state = co_await inspect_container(id);
    if (state && state->status == "paused") expect_ok(response, "unpause the container");
}

asio::awaitable<bool> Engine::remove_container(std::string id) {
    // Podman would wait ten seconds after a SIGTERM; Docker, which knows no such parameter, kills at once.
    HttpRequest request{"DELETE", "/containers/" + encode(id) + "?force=true&v=true&timeout=0"};
    const auto response = co_await http_->send(std::move(request), container_limit);
    if (response.status == 409) co_return false;
    if (response.status != 404) expect_ok(response, "remove the container");
    co_return true;
}

asio::awaitable<void> Engine::wait_removed(std::string id) {
    asio::steady_timer pause(co_await asio::this_coro::executor);
    const auto deadline = std::chrono::steady_clock::now() + removal_limit;
    while (co_await inspect_container(id)) {
        if (std::chrono::steady_clock::now() >= deadline)
            throw Error("the engine does not come to the end of a container's removal",
                        "'docker ps -a' shows it; the engine's restart ends it");
        pause.expires_after(removal_pause);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

asio::awaitable<std::string> Engine::container_output(std::string id) {
    HttpRequest request{"GET", "/containers/" + encode(id) + "/logs?stdout=true&stderr=true"};
    const auto response = co_await http_->send(std::move(request), container_limit);
    expect_ok(response, "read the container's output");
    co_return without_frames(response.body);
}

}  // namespace isag::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include "daemon/engine/types.hpp"
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace isag::engine {

class Http;

// The container engine, by the Docker Engine HTTP API (1.41 and later; Podman speaks it too). Every call throws Error
// with the engine's own words when it refuses, and "the engine does not answer" where it is gone. Calls may run at
// the same time.
class Engine {
public:
    // Called for each line that a build or a pull prints.
    using OnLine = std::function<void(const std::string& line)>;
    // Layers of a pull: bytes so far and in all, summed up.
    using OnPull = std::function<void(std::int64_t done, std::int64_t total)>;

    explicit Engine(std::unique_ptr<Http> http);
    ~Engine();

    boost::asio::awaitable<Info> info();

    // Nothing where there is no such image; `name` is a reference or an id.
    boost::asio::awaitable<std::optional<Image>> find_image(std::string name);
    boost::asio::awaitable<std::vector<Image>> list_images(std::string label);
    boost::asio::awaitable<void> remove_image(std::string name);
    boost::asio::awaitable<void> tag_image(std::string name, std::string repository, std::string tag);
    boost::asio::awaitable<void> pull(std::string reference, OnPull on_pull);
    // True where the registry of that reference answers and has it.
    boost::asio::awaitable<bool> registry_has(std::string reference);
    // Makes an image of a root filesystem; the tar archive is read from `archive` to its end.
    boost::asio::awaitable<void> import_image(UniqueFd archive, std::string repository, std::string tag,
                                              std::vector<std::string> changes);
    // The classic builder. Every line of its output goes to on_line; a step that fails throws with the step's message.
    // Cancelling it ends the build in the engine too (the connection closes).
    boost::asio::awaitable<void> build(BuildOptions options, OnLine on_line);

    // `spec` is the body of POST /containers/create. Returns the id.
    boost::asio::awaitable<std::string> create_container(std::string name, std::shared_ptr<const nlohmann::json> spec);
    boost::asio::awaitable<void> start_container(std::string id);
    boost::asio::awaitable<std::optional<ContainerState>> inspect_container(std::string id);
    boost::asio::awaitable<std::vector<ContainerState>> list_containers(std::string label);
    // Until it is not running any more; its exit code.
    boost::asio::awaitable<std::int64_t> wait_container(std::string id);
    // No error where it is not running, or gone.
    boost::asio::awaitable<void> kill_container(std::string id, std::string signal);
    // Holds all of its processes, or lets them go on (cgroups(7), freezer). No error where it does not run, or is held
    // already, or is not.
    boost::asio::awaitable<void> pause_container(std::string id);
    boost::asio::awaitable<void> unpause_container(std::string id);
    // Kills it too, and removes its anonymous volumes. No error where it is gone already. False: somebody else's
    // removal of it is under way, and it may be there still.
    boost::asio::awaitable<bool> remove_container(std::string id);
    // Until it is gone. Throws Error after 10 s.
    boost::asio::awaitable<void> wait_removed(std::string id);
    // stdout and stderr so far.
    boost::asio::awaitable<std::string> container_output(std::string id);

    // Nothing where there is no such network; `name` is a name or an id.
    boost::asio::awaitable<std::optional<Network>> inspect_network(std::string name);
    // Without their containers.
    boost::asio::awaitable<std::vector<Network>> list_networks(std::string label);
    // `spec` is the body of POST /networks/create. Returns the id.
    boost::asio::awaitable<std::string> create_network(std::shared_ptr<const nlohmann::json> spec);
    // No error where it is gone, or still in use: then it stays.
    boost::asio::awaitable<void> remove_network(std::string id);
    boost::asio::awaitable<void> connect_network(std::string network, std::string container);

private:
    std::unique_ptr<Http> http_;
};

}  // namespace isag::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/event.hpp"
#include "common/task_group.hpp"
#include "daemon/engine/open.hpp"
#include "daemon/firewall/event_ring.hpp"
#include "daemon/firewall/gate_image.hpp"
#include "daemon/firewall/gate_link.hpp"
#include "daemon/firewall/gate_plan.hpp"
#include "daemon/firewall/siblings.hpp"
#include "daemon/firewall/uplink.hpp"
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace isag::firewall {

// What all gates of this isagd share.
struct Supply {
    Supply(engine::EngineHolder& holder, std::filesystem::path archive, std::string owner)
        : engine(holder), image(std::move(archive)), uplink(std::move(owner)) {}
    engine::EngineHolder& engine;
    GateImage image;
    Uplink uplink;
};

// The gate of one sandbox, as isagd sees it, from its container's creation on. Its owner removes the container.
class Gate {
public:
    struct Steps {
        std::function<void(const std::string& container)> created;  // as soon as there is one
        std::function<void()> check;  // called between the steps; throws where the sandbox is to end
    };

    // Listens at once for a gate that dials. Throws Error.
    Gate(boost::asio::any_io_executor executor, Supply& supply, std::string sandbox, std::filesystem::path socket);

    // Makes what it needs, creates and starts the container, and returns when the gate is ready and has its rules:
    // only then may something join its namespace. Throws Error; what was created is left to the owner.
    boost::asio::awaitable<void> start(GatePlan plan, Steps steps);
    // Takes over the gate that an earlier isagd started; none where its container is gone. Its rules stay as they are.
    void adopt(const std::optional<engine::ContainerState>& container, std::vector<std::string> external_networks);

    // Until an adopted gate has told what it told the isagd before, or does not; until then where that comes first.
    boost::asio::awaitable<void> wait_caught_up(
        std::chrono::steady_clock::time_point then = std::chrono::steady_clock::time_point::max());

    const std::string& container() const { return container_; }
    // Its inode, as the gate told.
    std::int64_t network_namespace() const { return namespace_; }
    // It does not answer: nothing is let through.
    bool lost() const { return lost_; }
    GateLink& link() { return link_; }
    EventRing& events() { return events_; }
    const EventRing& events() const { return events_; }

    // Its container is about to be removed: that it hangs up then is no news.
    void expect_end() { ending_ = true; }
    // Ends all work on it and gives up the uplink; the container has to be gone or left to the next isagd.
    boost::asio::awaitable<void> let_go();

private:
    boost::asio::awaitable<void> create(engine::Engine& engine, const GatePlan& plan, const Steps& steps);
    boost::asio::awaitable<proto::gate::Ready> wait_ready(engine::Engine& engine, pid_t pid);
    boost::asio::awaitable<void> configure(engine::Engine& engine, proto::gate::Configure settings);
    boost::asio::awaitable<void> configure_again();
    boost::asio::awaitable<void> catch_up();
    boost::asio::awaitable<void> watch_answers();
    boost::asio::awaitable<void> watch_siblings();
    boost::asio::awaitable<bool> pause(std::chrono::milliseconds time);
    void watch_link();
    void take_ready(const proto::gate::Ready& ready);
    void now_watching();
    void set_lost(bool lost);

    Supply& supply_;
    std::string sandbox_;  // its name, for the log
    Uplink::Use use_;
    std::string container_;
    std::int64_t namespace_ = 0;
    std::optional<proto::gate::Configure> settings_;  // of a gate that this isagd started
    std::optional<SiblingWatch> siblings_;
    bool started_ = false;
    bool unconfigured_ = false;
    bool catching_up_ = false;
    bool lost_ = false;
    bool ending_ = false;
    bool stopping_ = false;
    EventRing events_;
    GateLink link_;
    Event caught_up_;
    Event stop_;
    TaskGroup tasks_;
};

}  // namespace isag::firewall

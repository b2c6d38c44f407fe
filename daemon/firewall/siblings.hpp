// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/engine/engine.hpp"
#include "proto/gate.hpp"
#include <boost/asio/awaitable.hpp>
#include <map>
#include <string>
#include <vector>

namespace isag::firewall {

// A container on one of a sandbox's external networks, as the engine tells.
struct Neighbour {
    std::string network;
    std::vector<std::string> names;      // its own, and its aliases there
    std::vector<std::string> addresses;  // there
};

// One entry a name, with the addresses of all who bear it; lower-case, sorted. Names that no program could ask for are
// left out, and so are the networks' gateways: they are the host. Pure.
std::vector<proto::gate::Sibling> siblings_of(const std::vector<Neighbour>& neighbours,
                                              const std::vector<std::string>& gateways);

// Looks at a sandbox's external networks, again and again: what the engine tells of a container is asked once as long
// as its addresses stay the same.
class SiblingWatch {
public:
    // `self` is the id of the sandbox's own gate.
    SiblingWatch(std::vector<std::string> networks, std::string self)
        : networks_(std::move(networks)), self_(std::move(self)) {}

    const std::vector<std::string>& networks() const { return networks_; }
    // Who is there now. Throws Error.
    boost::asio::awaitable<std::vector<proto::gate::Sibling>> look(engine::Engine& engine);

private:
    using Key = std::pair<std::string, std::string>;  // network, container
    std::vector<std::string> networks_;
    std::string self_;
    std::map<Key, Neighbour> known_;
};

}  // namespace isag::firewall

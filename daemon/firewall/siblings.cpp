// SPDX-License-Identifier: Apache-2.0
#include "daemon/firewall/siblings.hpp"
#include <algorithm>
#include <set>

namespace asio = boost::asio;

namespace isag::firewall {
namespace {

constexpr std::size_t most_name = 253;  // RFC 1035, 3.1, without the last dot

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// As security.md N2 wants names: letters, digits, '-' and '_' in labels.
bool is_name(const std::string& text) {
    if (text.empty() || text.size() > most_name) return false;
    if (text.front() == '.' || text.back() == '.' || text.find("..") != std::string::npos) return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    });
}

// Docker's own names begin with a slash.
std::string as_name(std::string text) {
    if (text.starts_with('/')) text.erase(0, 1);
    std::transform(text.begin(), text.end(), text.begin(), lower);
    return text;
}

}  // namespace

std::vector<proto::gate::Sibling> siblings_of(const std::vector<Neighbour>& neighbours,
                                              const std::vector<std::string>& gateways) {
    std::map<std::string, std::set<std::string>> found;
    for (const auto& neighbour : neighbours)
        for (const auto& text : neighbour.names) {
            const std::string name = as_name(text);
            if (!is_name(name)) continue;
            for (const auto& address : neighbour.addresses)
                if (std::find(gateways.begin(), gateways.end(), address) == gateways.end()) found[name].insert(address);
        }
    std::vector<proto::gate::Sibling> out;
    for (const auto& [name, addresses] : found) out.push_back({name, {addresses.begin(), addresses.end()}});
    return out;
}

asio::awaitable<std::vector<proto::gate::Sibling>> SiblingWatch::look(engine::Engine& engine) {
    std::map<Key, Neighbour> now;
    std::vector<std::string> gateways;
    for (const auto& name : networks_) {
        const auto network = co_await engine.inspect_network(name);
        if (!network) continue;
        gateways.insert(gateways.end(), network->gateways.begin(), network->gateways.end());
        for (const auto& [id, addresses] : network->containers) {
            if (id == self_) continue;
            const Key key(name, id);
            const auto before = known_.find(key);
            if (before != known_.end() && before->second.addresses == addresses) {
                now.insert(*before);
                continue;
            }
            const auto state = co_await engine.inspect_container(id);
            if (!state) continue;
            const auto role = state->labels.find("isag.role");
            Neighbour neighbour{name, {}, addresses};
            if (role == state->labels.end() || role->second != "gate") {  // other sandboxes are none of its business
                neighbour.names.push_back(state->name);
                const auto aliases = state->aliases.find(network->name);
                if (aliases != state->aliases.end())
                    neighbour.names.insert(neighbour.names.end(), aliases->second.begin(), aliases->second.end());
            }
            now.emplace(key, std::move(neighbour));
        }
    }
    known_ = std::move(now);
    std::vector<Neighbour> neighbours;
    for (const auto& [key, neighbour] : known_) neighbours.push_back(neighbour);
    co_return siblings_of(neighbours, gateways);
}

}  // namespace isag::firewall

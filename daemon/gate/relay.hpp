// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/flow.hpp"
#include "common/task_group.hpp"
#include "common/unique_fd.hpp"
#include "daemon/gate/resolver.hpp"
#include "daemon/gate/shared.hpp"
#include "daemon/gate/socket.hpp"
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace isag::gate {

class Connection;

// What every connection of a sandbox shares.
struct RelayRoom {
    Shared& shared;
    Resolver& resolver;
    FlowRoom pumps;
    std::size_t looking = 0;  // connections that hold first bytes back
    std::size_t living = 0;   // connections, with those that are closed and still being dialled for
    // The body of http://isag.internal/PATH; empty: there is none.
    std::function<std::string(std::string_view path)> page;
};

// The connections of a sandbox, which the namespace's rules redirect to a listener: each is led to the name that its
// address stands for, if the policy allows that and what it says first fits the name (security.md N3, N4).
class Relays {
public:
    static constexpr std::size_t most = 4096;
    static constexpr std::size_t most_looking = 256;
    using Origin = std::function<std::optional<Destination>(int socket)>;

    // `origin` says where a connection was going; another than the kernel's for tests without rules.
    Relays(Shared& shared, Resolver& resolver, Origin origin = original_destination);
    ~Relays();
    Relays(const Relays&) = delete;
    Relays& operator=(const Relays&) = delete;

    // Serves it until it is cancelled.
    boost::asio::awaitable<void> accept(UniqueFd listener);
    // Resets every open connection that is not allowed any more; how many those were.
    std::size_t recheck();
    // Resolves names anew: the resolvers may be others.
    void forget_answers() { room_.resolver.forget(); }
    std::map<std::string, std::int64_t> open_connections() const;  // by name
    // No connection is left, not even one that is closed and still being dialled for.
    bool idle() const { return room_.living == 0; }
    void set_page(std::function<std::string(std::string_view path)> page) { room_.page = std::move(page); }
    // Resets all connections and waits for them. Before it is destroyed.
    boost::asio::awaitable<void> end();

private:
    void take_or_drop(UniqueFd socket);
    void take(UniqueFd socket);
    void refuse(UniqueFd socket, std::string_view target, std::uint16_t port, std::string_view why);
    void start(UniqueFd socket, std::string name, std::uint16_t port, bool by_address);
    bool is_still_allowed(const Connection& connection) const;

    RelayRoom room_;
    Origin origin_;
    std::set<std::shared_ptr<Connection>> open_;
    TaskGroup tasks_;
};

}  // namespace isag::gate

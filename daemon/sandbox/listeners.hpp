// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

// Who listens for TCP connections, by /proc (proc(5)).
namespace isag::sandbox {

struct TcpListener {
    std::string address;  // "127.0.0.1", "::"
    std::uint16_t port = 0;
    uid_t uid = 0;  // of the process that made the socket
    std::uint64_t inode = 0;
};

// The listening sockets in the text of a /proc/PID/net/tcp or tcp6; other lines are passed over. Pure.
std::vector<TcpListener> parse_listeners(std::string_view table);

// Those of the network namespace that the process is in, by port; none where it is gone.
std::vector<TcpListener> listeners_seen_by(pid_t pid);

struct Holder {
    pid_t pid = 0;
    std::string name;  // as ps(1) shows it, fit for a terminal
};
// Which process has each of these sockets open, as far as this process may see that.
std::map<std::uint64_t, Holder> holders_of(const std::set<std::uint64_t>& inodes,
                                           const std::function<bool(pid_t)>& is_asked);

// A listening socket and what holds it.
struct HeldListener {
    TcpListener socket;
    std::optional<Holder> holder;
};
// What listens in the sandbox whose init that is, without what its gate (whose user that is) listens on for itself or
// made for a client.
std::vector<HeldListener> sandbox_listeners(pid_t init, std::optional<uid_t> gate_user);

// Who holds the port of this host, for an error: "nginx (812)"; empty where that can't be told.
std::string holder_of_port(std::uint16_t port);

}  // namespace isag::sandbox

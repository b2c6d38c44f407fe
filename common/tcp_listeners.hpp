// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
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
namespace isag {

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
// Which process has each of these sockets open, as far as this process may see that, and finds it in that time: an
// agent may have millions of descriptors.
constexpr std::chrono::milliseconds holders_limit{200};
std::map<std::uint64_t, Holder> holders_of(const std::set<std::uint64_t>& inodes,
                                           const std::function<bool(pid_t)>& is_asked,
                                           std::chrono::milliseconds limit = holders_limit);

// Who listens on that port of this machine, as far as that can be told in that time: "nginx (process 812)", or, of
// other people's processes, which can't be looked into, "a process of root", or `we` where it is this process.
std::optional<std::string> holder_of_port(std::int64_t port, const std::string& we,
                                          std::chrono::milliseconds limit = holders_limit);

}  // namespace isag

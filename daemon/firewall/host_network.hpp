// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace isag::firewall {

// What the gate has to know of the host that it runs on.
struct HostNetwork {
    std::vector<std::string> resolvers;  // that a container can reach, in the order in which the host asks them
    std::vector<std::string> addresses;  // of all its interfaces
};

// Those that a container can reach: its own loopback is another, and a link-local address means nothing there. Pure.
std::vector<std::string> reachable(const std::vector<std::string>& resolvers);

// Reads the host's resolv.conf; where that names a stub of this host (systemd-resolved's 127.0.0.53), `upstream` holds
// the real ones. Both absent: none.
std::vector<std::string> host_resolvers(const std::filesystem::path& resolv_conf = "/etc/resolv.conf",
                                        const std::filesystem::path& upstream = "/run/systemd/resolve/resolv.conf");

// getifaddrs(3), IPv4 and IPv6 without scope. Throws Error.
std::vector<std::string> host_addresses();

// All of it, as it is now.
HostNetwork look_at_host();

}  // namespace isag::firewall

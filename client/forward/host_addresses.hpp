// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "proto/forward.hpp"
#include <cstdint>
#include <string>
#include <sys/socket.h>
#include <vector>

namespace isag::forward {

// An IPv4 or IPv6 address with a port.
class HostAddress {
public:
    HostAddress(const sockaddr* address, socklen_t size);

    int family() const { return storage_.ss_family; }
    const sockaddr* data() const { return reinterpret_cast<const sockaddr*>(&storage_); }
    socklen_t size() const { return size_; }
    std::int64_t port() const;
    void set_port(std::int64_t port);
    std::string text() const;  // "127.0.0.1", "::1", without the port

private:
    sockaddr_storage storage_{};
    socklen_t size_;
};

// Where to listen for that endpoint, which has no path: see HostListener. May ask the resolver. Throws Error that names
// the option.
std::vector<HostAddress> addresses_to_listen(const proto::Endpoint& at, const std::string& option);

// Where to connect to, each address in the resolver's order, loopback for an empty host. Waits for the resolver; throws
// Error.
std::vector<HostAddress> addresses_to_dial(const proto::Endpoint& to);

// The same, where no resolver is needed: the host is an address. Else empty.
std::vector<HostAddress> literal_address(const proto::Endpoint& to);

}  // namespace isag::forward

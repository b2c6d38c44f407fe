// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/stream.hpp"
#include "common/unique_fd.hpp"
#include "daemon/gate/resolver_message.hpp"
#include <cstdint>
#include <netinet/in.h>
#include <optional>
#include <sys/socket.h>

// The gate's sockets, and those of the sandbox that the rules redirect to it.
namespace isag::gate {

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};
SocketAddress socket_address(const dns::Address& address, std::uint16_t port);
dns::Address address_v4(std::uint32_t address);

// A non-blocking socket that the namespace's rules let out: with SO_MARK, where `mark` is not 0. Throws Error.
UniqueFd marked_socket(int family, int type, std::uint32_t mark);

// Begins to connect. False where it failed at once, errno then says why.
bool start_connect(const UniqueFd& socket, const SocketAddress& address);

// Where a connection was going before the namespace's rules redirected it; host order. Nothing where it was not.
struct Destination {
    std::uint32_t address = 0;
    std::uint16_t port = 0;
};
std::optional<Destination> original_destination(int socket);

}  // namespace isag::gate

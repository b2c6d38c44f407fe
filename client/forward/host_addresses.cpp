// SPDX-License-Identifier: Apache-2.0
#include "client/forward/host_addresses.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>

namespace isag::forward {
namespace {

struct Lookup {
    int error = 0;  // of getaddrinfo(3)
    std::vector<HostAddress> addresses;
};

Lookup look_up(const char* host, std::int64_t port, int flags) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    Lookup out;
    out.error = ::getaddrinfo(host, std::to_string(port).c_str(), &hints, &found);
    if (out.error != 0) return out;
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
    for (const addrinfo* one = found; one; one = one->ai_next)
        out.addresses.emplace_back(one->ai_addr, one->ai_addrlen);
    return out;
}

Error not_resolved(const std::string& host, int error) {
    return Error("cannot resolve " + escape_controls(host) + ": " + ::gai_strerror(error), "is the name right?");
}

// The resolver may give IPv6 first; the port of the first is the port of all, and IPv4 is always there.
void put_v4_first(std::vector<HostAddress>& addresses) {
    std::stable_partition(addresses.begin(), addresses.end(), [](const auto& one) { return one.family() == AF_INET; });
}

}  // namespace

HostAddress::HostAddress(const sockaddr* address, socklen_t size) : size_(size) {
    std::memcpy(&storage_, address, std::min<std::size_t>(size, sizeof storage_));
}

std::int64_t HostAddress::port() const {
    // At the same place in sockaddr_in6.
    return ntohs(reinterpret_cast<const sockaddr_in&>(storage_).sin_port);
}

void HostAddress::set_port(std::int64_t port) {
    reinterpret_cast<sockaddr_in&>(storage_).sin_port = htons(static_cast<std::uint16_t>(port));
}

std::string HostAddress::text() const {
    std::array<char, NI_MAXHOST> text{};
    ::getnameinfo(data(), size_, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST);
    return text.data();
}

std::vector<HostAddress> addresses_to_listen(const proto::Endpoint& at, const std::string& option) {
    // Without a host: loopback, or with AI_PASSIVE every address.
    const bool names_host = !at.host.empty() && at.host != "*";
    auto found = look_up(names_host ? at.host.c_str() : nullptr, at.port, at.host.empty() ? 0 : AI_PASSIVE);
    if (found.error != 0) throw not_resolved(at.host, found.error).within(option);
    put_v4_first(found.addresses);
    return std::move(found.addresses);
}

std::vector<HostAddress> addresses_to_dial(const proto::Endpoint& to) {
    auto found = look_up(to.host.empty() ? nullptr : to.host.c_str(), to.port, AI_ADDRCONFIG);
    if (found.error != 0) throw not_resolved(to.host, found.error);
    return std::move(found.addresses);
}

std::vector<HostAddress> literal_address(const proto::Endpoint& to) {
    return look_up(to.host.empty() ? nullptr : to.host.c_str(), to.port, AI_NUMERICHOST).addresses;
}

}  // namespace isag::forward

// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/host_listener.hpp"
#include "common/error.hpp"
#include "common/stream.hpp"
#include "common/tcp_listeners.hpp"
#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>

namespace isag::sandbox {
namespace {

constexpr int host_attempts = 100;

struct HostAddress {
    sockaddr_in6 bytes{};
    socklen_t size = sizeof(sockaddr_in6);
    bool is_v6() const { return bytes.sin6_family == AF_INET6; }
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&bytes); }
};

HostAddress parse_host_address(const std::string& text, std::uint16_t port) {
    HostAddress out;
    if (::inet_pton(AF_INET6, text.c_str(), &out.bytes.sin6_addr) == 1) {
        out.bytes.sin6_family = AF_INET6;
        out.bytes.sin6_port = htons(port);
        return out;
    }
    sockaddr_in v4{};
    if (::inet_pton(AF_INET, text.c_str(), &v4.sin_addr) != 1)
        throw Error("'" + text + "' is not an address to publish a port at",
                    "use an address of this machine, such as 127.0.0.1", ErrorKind::usage);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    out.size = sizeof v4;
    std::memcpy(&out.bytes, &v4, sizeof v4);
    return out;
}

// Fewer than addresses, with errno, where one can't be had; a host without IPv6 lacks only that one.
std::vector<UniqueFd> host_sockets(const std::vector<std::string>& addresses, std::uint16_t& port) {
    std::vector<UniqueFd> out;
    for (const auto& address : addresses) {
        const HostAddress at = parse_host_address(address, port);
        UniqueFd fd = listen_tcp(at.get(), at.size);
        if (!fd && at.is_v6() && !out.empty() && (errno == EADDRNOTAVAIL || errno == EAFNOSUPPORT)) continue;
        if (!fd) return {};
        if (port == 0) port = port_of(fd);
        out.push_back(std::move(fd));
    }
    return out;
}

[[noreturn]] void explain(const proto::Endpoint& at, int error, const std::string& we) {
    const std::string port = std::to_string(at.port);
    const std::string where = at.host.empty() ? "localhost" : at.host;
    const std::string failure = "cannot listen at " + where + " port " + port;
    if (error == EACCES) throw Error(failure + ": it is for root alone", "publish a port above 1023");
    if (error == EADDRNOTAVAIL)
        throw Error(failure + ": this machine has no such address", "'ip address' lists those it has");
    if (error != EADDRINUSE) throw errno_error(failure, error);
    const auto holder = holder_of_port(at.port, we);
    const bool leads_to_a_sandbox = holder && holder->starts_with("isag (");
    throw Error(
        "port " + port + " of this machine (" + where + ") is in use" + (holder ? " by " + *holder : std::string()),
        std::string(leads_to_a_sandbox ? "'isag ports' tells where it leads; " : "") +
            "publish another port (-p OTHER:PORT), or 0 for any");
}

}  // namespace

HostListener listen_on_host(proto::Forward forward, const std::string& we) {
    const auto& at = forward.listen;
    std::vector<std::string> addresses{at.host};
    if (at.host.empty() || at.host == "localhost") addresses = {"127.0.0.1", "::1"};
    if (at.host == "*") addresses = {"0.0.0.0", "::"};
    HostListener out;
    for (int attempt = 0; attempt < host_attempts && out.sockets.empty(); ++attempt) {
        auto port = static_cast<std::uint16_t>(at.port);
        out.sockets = host_sockets(addresses, port);
        const int error = errno;
        if (out.sockets.empty() && (at.port != 0 || error != EADDRINUSE)) explain(at, error, we);
        out.forward = forward;
        out.forward.listen.port = port;
    }
    if (out.sockets.empty()) explain(at, EADDRINUSE, we);
    return out;
}

}  // namespace isag::sandbox

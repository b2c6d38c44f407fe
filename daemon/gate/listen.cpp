// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/listen.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include "common/stream.hpp"
#include "daemon/gate/address.hpp"
#include "daemon/gate/socket.hpp"
#include "proto/message.hpp"
#include <cerrno>
#include <netinet/in.h>
#include <sys/socket.h>

namespace isag::gate {
namespace {

constexpr int listen_attempts = 100;

std::vector<dns::Address> addresses_of(const std::string& host) {
    const auto address = [](const char* text) { return parse_address(text).value(); };
    if (host.empty() || host == "localhost") return {address("127.0.0.1"), address("::1")};
    if (host == "*") return {address("0.0.0.0"), address("::")};
    const auto named = parse_address(host);
    if (!named)
        throw Error("'" + escape_controls(host) + "' is not an address to listen at", "use localhost, * or an address",
                    ErrorKind::usage);
    return {*named};
}

bool has_no_such_address(int error) { return error == EADDRNOTAVAIL || error == EAFNOSUPPORT; }

// One that has no ::1 has no IPv6: a socket at :: can be had there all the same, and nobody reaches it.
bool has_ipv6() {
    const SocketAddress loopback = socket_address(parse_address("::1").value(), 0);
    const UniqueFd fd(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
    return fd && ::bind(fd.get(), loopback.get(), loopback.size) == 0;
}

// Fewer than addresses, with errno, where one can't be had; a namespace without IPv6 lacks only that one.
Listeners listen_at_all(const std::vector<dns::Address>& addresses, std::uint16_t port) {
    Listeners out;
    out.port = port;
    for (const auto& address : addresses) {
        const SocketAddress at = socket_address(address, out.port);
        UniqueFd fd = listen_tcp(at.get(), at.size);
        if (!fd && address.v6 && !out.sockets.empty() && has_no_such_address(errno)) continue;
        if (!fd) return {};
        if (out.port == 0) out.port = port_of(fd);
        out.sockets.push_back(std::move(fd));
    }
    return out;
}

[[noreturn]] void explain(const std::string& host, std::uint16_t port, int error) {
    const std::string where = host.empty() ? "localhost" : escape_controls(host);
    const std::string number = std::to_string(port);
    if (error == EADDRINUSE)
        throw Error("port " + number + " of the sandbox (" + where + ") is in use",
                    "choose another port, or 0 for any");
    const std::string failure = "cannot listen in the sandbox at " + where + " port " + number;
    if (has_no_such_address(error))
        throw Error(failure + ": it has no such address", "use localhost, or * for every address that it has");
    if (error == EACCES) throw Error(failure + ": it is for root alone", "choose a port above 1023");
    throw errno_error(failure, error);
}

void refuse_without_ipv6(const std::string& host, std::uint16_t port) {
    if (has_ipv6()) return;
    throw Error("cannot listen in the sandbox at " + host + " port " + std::to_string(port) + ": it has no IPv6",
                host == "::" ? "use * for every address that it has" : "use localhost, which is 127.0.0.1 there");
}

}  // namespace

Listeners listen(const proto::gate::Listen& at) {
    if (at.port < 0 || at.port > 65535) throw Error("a port is between 0 and 65535", "", ErrorKind::usage);
    const auto addresses = addresses_of(at.host);
    const auto port = static_cast<std::uint16_t>(at.port);
    if (addresses.front().v6) refuse_without_ipv6(at.host, port);
    for (int attempt = 0; attempt < listen_attempts; ++attempt) {
        Listeners out = listen_at_all(addresses, port);
        if (!out.sockets.empty()) return out;
        if (port != 0 || errno != EADDRINUSE) break;  // else the port was free at the first address alone
    }
    explain(at.host, port, errno);
}

std::vector<UniqueFd> sockets_to_connect(const proto::gate::Sockets& request) {
    if (request.count < 1 || request.count > proto::max_fds)
        throw Error("between 1 and " + std::to_string(proto::max_fds) + " sockets", "", ErrorKind::usage);
    constexpr std::uint32_t unmarked = 0;
    std::vector<UniqueFd> out;
    for (std::int64_t i = 0; i < request.count; ++i) out.push_back(marked_socket(AF_INET, SOCK_STREAM, unmarked));
    return out;
}

}  // namespace isag::gate

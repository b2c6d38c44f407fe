// SPDX-License-Identifier: Apache-2.0
#include "client/forward/host_listener.hpp"
#include "client/dial.hpp"
#include "client/forward/endpoint_text.hpp"
#include "client/forward/host_addresses.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include "common/stream.hpp"
#include "common/tcp_listeners.hpp"
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <optional>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace isag::forward {
namespace {

constexpr int tries_for_a_port = 32;

UniqueFd socket_or_throw(int family) {
    UniqueFd socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) throw errno_error("cannot make a socket", errno);
    return socket;
}

Error cannot_listen(const HostAddress& address, const std::string& option, int error) {
    const std::string where = option + ": port " + std::to_string(address.port()) + " of " + address.text();
    if (error == EADDRINUSE) {
        const auto holder = holder_of_port(address.port(), "another forward of this command");
        const bool leads_to_a_sandbox = holder && (holder->starts_with("isag (") || holder->starts_with("isagd ("));
        return Error(where + " is in use" + (holder ? " by " + *holder : ""),
                     std::string(leads_to_a_sandbox ? "'isag ports' tells where it leads; " : "") +
                         "choose another port, or 0 for any that is free");
    }
    if (error == EACCES) return Error(where + " is for root alone", "choose a port above 1023");
    if (error == EADDRNOTAVAIL)
        return Error(where + " cannot be had: this machine has no such address", "'ip address' lists those it has");
    return errno_error(where + " cannot be had", error);
}

// Whether the machine does without: an address family that it lacks, where another one was had.
bool is_absent(const HostAddress& address, int error, bool is_required) {
    return !is_required && address.family() == AF_INET6 && (error == EAFNOSUPPORT || error == EADDRNOTAVAIL);
}

struct Listening {
    std::vector<UniqueFd> sockets;
    std::int64_t port = 0;
};

// All of them on one port; none where another address has the port that the first one got.
std::optional<Listening> listen_at_all(std::vector<HostAddress> addresses, const std::string& option, bool any_port) {
    Listening out;
    for (auto& address : addresses) {
        if (out.port != 0) address.set_port(out.port);
        UniqueFd socket = listen_tcp(address.data(), address.size());
        const int error = socket ? 0 : errno;
        if (error == EADDRINUSE && any_port && out.port != 0) return std::nullopt;
        if (is_absent(address, error, out.sockets.empty())) continue;
        if (error != 0) throw cannot_listen(address, option, error);
        out.port = port_of(socket);
        out.sockets.push_back(std::move(socket));
    }
    return out;
}

bool is_abandoned_socket(const std::string& path) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0 || !S_ISSOCK(info.st_mode)) return false;
    try {
        return !dial(path, SOCK_NONBLOCK);
    } catch (const Error&) {  // its owner is busy, or somebody else
        return false;
    }
}

}  // namespace

HostListener::HostListener(const proto::Endpoint& at, const std::string& option) {
    if (!at.path.empty()) {
        listen_at_path(at.path, option);
        return;
    }
    const auto addresses = addresses_to_listen(at, option);
    for (int left = tries_for_a_port; left > 0; --left) {
        auto listening = listen_at_all(addresses, option, at.port == 0);
        if (!listening) continue;
        sockets_ = std::move(listening->sockets);
        port_ = listening->port;
        return;
    }
    throw Error(option + ": no port is free on all of the addresses that " + endpoint_text(at) + " means",
                "name one, or bind to 127.0.0.1 alone");
}

HostListener::HostListener(HostListener&& other) noexcept
    : sockets_(std::move(other.sockets_)),
      port_(other.port_),
      path_(std::exchange(other.path_, {})),
      device_(other.device_),
      inode_(other.inode_) {}

HostListener::~HostListener() {
    struct stat info {};
    if (path_.empty() || ::lstat(path_.c_str(), &info) != 0) return;
    if (info.st_dev == device_ && info.st_ino == inode_) ::unlink(path_.c_str());
}

void HostListener::listen_at_path(const std::string& path, const std::string& option) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), std::min(path.size(), sizeof address.sun_path - 1));
    UniqueFd socket = socket_or_throw(AF_UNIX);
    ::fchmod(socket.get(), 0600);  // before bind(2) it is the mode of the file to be (unix(7))
    const std::string where = option + ": " + escape_controls(path);
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        const int error = errno;
        if (error == ENOENT) throw Error(where + " cannot be made: there is no such folder", "make the folder first");
        if (error != EADDRINUSE) throw errno_error(where + " cannot be made", error);
        throw Error(where + " exists already",
                    is_abandoned_socket(path) ? "nobody listens there any more: remove it" : "choose another path");
    }
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0) throw errno_error(where + " is gone again", errno);
    path_ = path;
    device_ = info.st_dev;
    inode_ = info.st_ino;
    if (::listen(socket.get(), SOMAXCONN) != 0) throw errno_error(where + " cannot be listened on", errno);
    sockets_.push_back(std::move(socket));
}

}  // namespace isag::forward

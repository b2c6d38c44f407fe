// SPDX-License-Identifier: Apache-2.0
#include "client/forward/host_listener.hpp"
#include "client/dial.hpp"
#include "client/forward/endpoint_text.hpp"
#include "client/forward/host_addresses.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include "common/link_free_path.hpp"
#include "common/stream.hpp"
#include "common/tcp_listeners.hpp"
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <optional>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace isag::forward {
namespace fs = std::filesystem;
namespace {

constexpr std::chrono::seconds holder_limit{2};  // nothing else waits meanwhile
constexpr int tries_for_a_port = 32;

UniqueFd socket_or_throw(int family) {
    UniqueFd socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) throw errno_error("cannot make a socket", errno);
    return socket;
}

Error cannot_listen(const HostAddress& address, const std::string& option, int error) {
    const std::string where = option + ": port " + std::to_string(address.port()) + " of " + address.text();
    if (error == EADDRINUSE) {
        const auto holder = holder_of_port(address.port(), "another forward of this command", holder_limit);
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

std::string place_in(const UniqueFd& folder, const std::string& name) { return path_of(folder.get()) + "/" + name; }

bool is_abandoned_socket(const UniqueFd& folder, const std::string& name) {
    struct stat info {};
    if (::fstatat(folder.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISSOCK(info.st_mode)) return false;
    try {
        return !dial(place_in(folder, name), SOCK_NONBLOCK);
    } catch (const Error&) {  // its owner is busy, or somebody else
        return false;
    }
}

// An agent that may write in a folder on the way could lead the socket elsewhere by a link.
UniqueFd open_folder_for(const fs::path& path, const std::string& where) {
    std::error_code error;
    if (fs::status(path, error).type() == fs::file_type::not_found)
        throw Error(where + " cannot be made: there is no such folder", "make the folder first");
    auto folder = open_link_free(path);
    if (!folder) {
        const Failure& why = folder.error();
        throw Error(where + " cannot be made: " + why.message,
                    why.hint.empty() ? "choose a folder that you may enter" : why.hint);
    }
    return std::move(folder->fd);
}

}  // namespace

HostListener::HostListener(const proto::Endpoint& at, const std::string& option) {
    if (!at.path.empty()) {
        listen_at_path(fs::path(at.path).lexically_normal(), option);
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
      folder_(std::move(other.folder_)),
      name_(std::exchange(other.name_, {})),
      device_(other.device_),
      inode_(other.inode_) {}

HostListener::~HostListener() {
    struct stat info {};
    if (name_.empty() || ::fstatat(folder_.get(), name_.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return;
    if (info.st_dev == device_ && info.st_ino == inode_) ::unlinkat(folder_.get(), name_.c_str(), 0);
}

void HostListener::listen_at_path(const fs::path& path, const std::string& option) {
    const std::string where = option + ": " + escape_controls(path.native());
    const std::string name = path.filename();
    if (name.empty()) throw Error(where + " names a folder", "name the socket in it that is to be made");
    UniqueFd folder = open_folder_for(path.parent_path(), where);
    const std::string place = place_in(folder, name);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    constexpr std::size_t room = sizeof address.sun_path - 1;
    if (place.size() > room)
        throw Error(where + " has too long a name",
                    "choose one of at most " + std::to_string(name.size() - (place.size() - room)) + " bytes");
    std::memcpy(address.sun_path, place.c_str(), place.size());
    UniqueFd socket = socket_or_throw(AF_UNIX);
    ::fchmod(socket.get(), 0600);  // before bind(2) it is the mode of the file to be (unix(7))
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        if (errno != EADDRINUSE)
            throw errno_error(where + " cannot be made", errno, "choose a folder that you may write in");
        throw Error(where + " exists already", is_abandoned_socket(folder, name)
                                                   ? "nobody listens there any more: remove it"
                                                   : "choose another path");
    }
    struct stat info {};
    if (::fstatat(folder.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
        throw errno_error(where + " is gone again", errno);
    folder_ = std::move(folder);
    name_ = name;
    device_ = info.st_dev;
    inode_ = info.st_ino;
    if (::listen(socket.get(), SOMAXCONN) != 0) throw errno_error(where + " cannot be listened on", errno);
    sockets_.push_back(std::move(socket));
}

}  // namespace isag::forward

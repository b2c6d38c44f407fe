// SPDX-License-Identifier: Apache-2.0
#include "client/dial.hpp"
#include "common/error.hpp"
#include <cerrno>
#include <cstring>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace isag {

std::optional<UniqueFd> dial(const std::filesystem::path& path, int flags) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.native().size() >= sizeof address.sun_path)
        throw Error("the socket's path is too long: " + path.string(), "set XDG_RUNTIME_DIR to a shorter path");
    std::memcpy(address.sun_path, path.c_str(), path.native().size());
    UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0));
    if (!socket) throw errno_error("cannot make a socket", errno);
    while (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        if (errno == EINTR) continue;
        if (errno == ENOENT || errno == ECONNREFUSED || errno == ENOTDIR) return std::nullopt;
        throw errno_error("cannot connect to " + path.string(), errno);
    }
    return socket;
}

long check_peer(const UniqueFd& socket) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        throw errno_error("cannot tell whose isagd this is", errno);
    if (peer.uid != ::geteuid())
        throw Error("the isagd that answers belongs to user " + std::to_string(peer.uid) + ", not to you",
                    "set XDG_RUNTIME_DIR to a folder of yours");
    return peer.pid;
}

}  // namespace isag

// SPDX-License-Identifier: Apache-2.0
#include "daemon/init/unix_socket.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace isag::init {
namespace {

constexpr int socket_backlog = 4096;

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    // Not one without a name, nor an abstract one: those belong to the network namespace, which the gate is in too.
    const bool is_path = path.starts_with('/') && path.find('\0') == std::string::npos;
    if (!is_path)
        throw Error("'" + escape_controls(path) + "' is not the absolute path of a socket", "", ErrorKind::usage);
    if (path.size() >= sizeof address.sun_path)
        throw Error(escape_controls(path) + " is too long for a socket", "at most 107 bytes", ErrorKind::usage);
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

UniqueFd stream_socket() {
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) throw errno_error("cannot make a socket", errno);
    return fd;
}

// Error number, 0 where it is bound.
int bind_privately(const UniqueFd& fd, const sockaddr_un& address) {
    const mode_t before = ::umask(0177);
    const bool bound = ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    const int error = bound ? 0 : errno;
    ::umask(before);
    return error;
}

// A socket whose listener is gone: closing it does not remove the file.
bool is_left_over(const sockaddr_un& address) {
    struct stat info {};
    if (::lstat(address.sun_path, &info) != 0 || !S_ISSOCK(info.st_mode)) return false;
    const UniqueFd fd = stream_socket();
    return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
           errno == ECONNREFUSED;
}

}  // namespace

UniqueFd connect_to(const std::string& path) {
    const sockaddr_un address = address_of(path);
    UniqueFd fd = stream_socket();
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
    throw Error(errno_failure("cannot connect to " + escape_controls(path), errno), ErrorKind::not_found);
}

UniqueFd listen_at(const std::string& path) {
    const sockaddr_un address = address_of(path);
    UniqueFd fd = stream_socket();
    int error = bind_privately(fd, address);
    if (error == EADDRINUSE && is_left_over(address) && ::unlink(path.c_str()) == 0)
        error = bind_privately(fd, address);
    if (error == EADDRINUSE)
        throw Error(escape_controls(path) + " is there already", "remove it in the sandbox, or choose another path");
    if (error == 0 && ::listen(fd.get(), socket_backlog) != 0) error = errno;
    if (error != 0)
        throw errno_error("cannot listen at " + escape_controls(path), error,
                          "the folder has to be there, and one that the agent may write");
    return fd;
}

}  // namespace isag::init

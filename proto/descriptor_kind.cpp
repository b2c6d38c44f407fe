// SPDX-License-Identifier: Apache-2.0
#include "proto/descriptor_kind.hpp"
#include <fcntl.h>
#include <linux/magic.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>

namespace isag::proto {
namespace {

bool is_pipe(const UniqueFd& fd, int access) {
    struct stat info {};
    struct statfs system {};
    if (::fstat(fd.get(), &info) != 0 || !S_ISFIFO(info.st_mode)) return false;
    // A FIFO that was opened by its name lies in another file system.
    if (::fstatfs(fd.get(), &system) != 0 || system.f_type != PIPEFS_MAGIC) return false;
    const int flags = ::fcntl(fd.get(), F_GETFL);
    return flags >= 0 && (flags & O_ACCMODE) == access;
}

// -1 where it is no socket.
int option_of(const UniqueFd& fd, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    return ::getsockopt(fd.get(), SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

bool is_stream(const UniqueFd& fd, bool listens) {
    return option_of(fd, SO_TYPE) == SOCK_STREAM && option_of(fd, SO_ACCEPTCONN) == (listens ? 1 : 0);
}

bool is_tcp(const UniqueFd& fd) {
    const int domain = option_of(fd, SO_DOMAIN);
    return (domain == AF_INET || domain == AF_INET6) && option_of(fd, SO_PROTOCOL) == IPPROTO_TCP;
}

bool is_unix(const UniqueFd& fd) { return option_of(fd, SO_DOMAIN) == AF_UNIX; }

}  // namespace

bool is_terminal_master(const UniqueFd& fd) {
    struct stat info {};
    if (::fstat(fd.get(), &info) != 0 || !S_ISCHR(info.st_mode)) return false;
    unsigned number = 0;
    return ::ioctl(fd.get(), TIOCGPTN, &number) == 0;  // the slave has no such call (ioctl_tty(2))
}

bool is_pipe_to_read(const UniqueFd& fd) { return is_pipe(fd, O_RDONLY); }
bool is_pipe_to_write(const UniqueFd& fd) { return is_pipe(fd, O_WRONLY); }

bool is_tcp_stream(const UniqueFd& fd) { return is_tcp(fd) && is_stream(fd, false); }
bool is_unix_stream(const UniqueFd& fd) { return is_unix(fd) && is_stream(fd, false); }
bool is_tcp_listener(const UniqueFd& fd) { return is_tcp(fd) && is_stream(fd, true); }
bool is_unix_listener(const UniqueFd& fd) { return is_unix(fd) && is_stream(fd, true); }

}  // namespace isag::proto

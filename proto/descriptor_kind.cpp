// SPDX-License-Identifier: Apache-2.0
#include "proto/descriptor_kind.hpp"
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
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

}  // namespace

bool is_terminal_master(const UniqueFd& fd) {
    struct stat info {};
    if (::fstat(fd.get(), &info) != 0 || !S_ISCHR(info.st_mode)) return false;
    unsigned number = 0;
    return ::ioctl(fd.get(), TIOCGPTN, &number) == 0;  // the slave has no such call (ioctl_tty(2))
}

bool is_pipe_to_read(const UniqueFd& fd) { return is_pipe(fd, O_RDONLY); }
bool is_pipe_to_write(const UniqueFd& fd) { return is_pipe(fd, O_WRONLY); }

}  // namespace isag::proto

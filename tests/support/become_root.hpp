// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include <fcntl.h>
#include <sched.h>
#include <string>
#include <unistd.h>

namespace isag::test {

inline bool write_proc(const char* path, const std::string& text) {
    const UniqueFd fd(::open(path, O_WRONLY | O_CLOEXEC));
    return fd && ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

// Root, here or in a user namespace of this process's own.
inline bool become_root() {
    if (::geteuid() == 0) return true;
    const auto uid = std::to_string(::geteuid()), gid = std::to_string(::getegid());
    return ::unshare(CLONE_NEWUSER) == 0 && write_proc("/proc/self/setgroups", "deny") &&
           write_proc("/proc/self/uid_map", "0 " + uid + " 1") && write_proc("/proc/self/gid_map", "0 " + gid + " 1");
}

}  // namespace isag::test

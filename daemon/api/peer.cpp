// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/peer.hpp"
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace isag::api {
namespace {

bool same_namespace(pid_t pid, const std::string& kind) {
    struct stat theirs {};
    struct stat ours {};
    const std::string path = "/proc/" + std::to_string(pid) + "/ns/" + kind;
    return ::stat(path.c_str(), &theirs) == 0 && ::stat(("/proc/self/ns/" + kind).c_str(), &ours) == 0 &&
           theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;
}

}  // namespace

std::optional<Failure> check_peer(pid_t pid, uid_t uid) {
    if (uid != ::geteuid()) return Failure{"its user is " + std::to_string(uid)};
    for (const char* kind : {"pid", "user"})
        if (!same_namespace(pid, kind)) return Failure{std::string("it is in another ") + kind + " namespace"};
    return std::nullopt;
}

}  // namespace isag::api

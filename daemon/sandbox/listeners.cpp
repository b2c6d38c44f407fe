// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/listeners.hpp"
#include <set>
#include <string>
#include <sys/stat.h>

namespace isag::sandbox {

std::optional<std::int64_t> pid_namespace_of(pid_t pid) {
    struct stat info {};
    if (::stat(("/proc/" + std::to_string(pid) + "/ns/pid").c_str(), &info) != 0) return std::nullopt;
    return static_cast<std::int64_t>(info.st_ino);
}

std::vector<HeldListener> sandbox_listeners(pid_t init, std::optional<std::int64_t> pid_namespace,
                                            std::optional<uid_t> gate_user) {
    auto listeners = listeners_seen_by(init);
    std::set<std::uint64_t> inodes;
    for (const auto& listener : listeners) inodes.insert(listener.inode);
    const auto is_inside = [&](pid_t pid) { return pid_namespace && pid_namespace_of(pid) == pid_namespace; };
    const auto holders = holders_of(inodes, is_inside);
    std::vector<HeldListener> out;
    for (auto& listener : listeners) {
        const auto holder = holders.find(listener.inode);
        const bool held = holder != holders.end();
        // The engine's resolver, too, has a socket in there, and is nobody's inside.
        if (!held && (listener.uid == 0 || listener.uid == gate_user)) continue;
        out.push_back({std::move(listener), held ? std::optional(holder->second) : std::nullopt});
    }
    return out;
}

}  // namespace isag::sandbox

// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/refusal.hpp"
#include <algorithm>

namespace isag::sandbox {
namespace fs = std::filesystem;

bool is_within(const fs::path& inner, const fs::path& outer) {
    return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

Refusals::Refusals(const Directories& directories, std::vector<fs::path> engine_sockets) {
    places_ = {
        {"/", "the whole file system", false},
        {directories.home, "your home folder", false},
        {directories.home / ".ssh", "your SSH keys", true},
        {directories.home / ".gnupg", "your GnuPG keys", true},
        {directories.runtime, "isag's sockets", true},
        {directories.state, "isag's state", true},
        {directories.cache, "isag's artifacts", true},
        {directories.config, "isag's configuration", true},
        {directories.runtime.parent_path() / "systemd", "your service manager's sockets", true},
        {"/run/containerd", "the container engine's sockets", true},
        {"/run/podman", "the container engine's sockets", true},
        {"/var/lib/docker", "the container engine's files", true},
        {"/var/lib/containers", "the container engine's files", true},
        {directories.home / ".local/share/docker", "the container engine's files", true},
        {directories.home / ".local/share/containers", "the container engine's files", true},
        {"/proc", "the kernel's own files", true},
        {"/sys", "the kernel's own files", true},
        {"/dev", "the host's devices", true},
    };
    for (auto& socket : engine_sockets) places_.push_back({std::move(socket), "a container engine's socket", true});
    const auto named = places_;
    for (Place place : named) {
        std::error_code error;
        place.path = fs::weakly_canonical(place.path, error);
        if (!error) places_.push_back(std::move(place));
    }
}

std::optional<Failure> Refusals::check(const fs::path& path) const {
    for (const auto& place : places_) {
        const bool holds_it = is_within(place.path, path);
        const bool in_it = place.inside_too && is_within(path, place.path);
        if (!holds_it && !in_it) continue;
        const std::string relation = path == place.path ? " is " : in_it ? " lies in " : " holds ";
        return Failure{
            path.string() + relation + place.what + (path == place.path ? "" : " (" + place.path.string() + ")"),
            "isag never mounts that: name the folder that the agent needs"};
    }
    return std::nullopt;
}

}  // namespace isag::sandbox

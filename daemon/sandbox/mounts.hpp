// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <vector>

namespace isag::sandbox {

// One bind mount, as the engine gets it.
struct BindMount {
    std::filesystem::path host;
    std::filesystem::path container;
    bool read_only = false;
    bool operator==(const BindMount&) const = default;
};

// A place inside mounts that the sandbox sees otherwise than the host has it.
struct Overlay {
    enum class Kind {
        empty_file,    // exclude.files
        empty_folder,  // exclude.folders
        read_only,     // protect, isag.yaml
    };
    std::filesystem::path host;
    Kind kind = Kind::read_only;
};

struct EmptySources {
    std::filesystem::path file;
    std::filesystem::path folder;
};

// The mounts with everything that lies over them, parents before children. An overlay appears in every mount that
// holds its place and is not covered there by a deeper mount. In a mount that can be written each folder between the
// mount's root and the overlay is bound onto itself, so that it can't be renamed away (security.md F2: EBUSY). Pure.
std::vector<BindMount> lay_out(const std::vector<BindMount>& mounts, const std::vector<Overlay>& overlays,
                               const EmptySources& empty);

}  // namespace isag::sandbox

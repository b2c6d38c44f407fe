// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/directories.hpp"
#include "common/error.hpp"
#include <filesystem>
#include <optional>
#include <vector>

namespace isag::sandbox {

// Is `inner` the same as `outer`, or below it? Both absolute and normalised.
bool is_within(const std::filesystem::path& inner, const std::filesystem::path& outer);

// What may not be mounted (security.md F1): / and the home itself, keys, isag's own folders, the engine's sockets, and
// any folder that holds one of them. Where a place is reached through a link, what it leads to is refused as well.
class Refusals {
public:
    Refusals(const Directories& directories, std::vector<std::filesystem::path> engine_sockets);
    // Why this host path may not be mounted; nothing where it may.
    std::optional<Failure> check(const std::filesystem::path& path) const;

private:
    struct Place {
        std::filesystem::path path;
        const char* what;
        bool inside_too;  // what lies below it is refused as well
    };
    std::vector<Place> places_;
};

}  // namespace isag::sandbox

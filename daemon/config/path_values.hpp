// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/config/config.hpp"
#include "daemon/config/spot.hpp"
#include <filesystem>

// The kinds of values (see values.hpp) that name files.
namespace isag::config {

// A host path; relative ones start from the reading's base.
struct HostPath {
    bool read(const Spot& spot, std::filesystem::path& out) const;
    Node write(const std::filesystem::path& value) const;
};

// host:container:ro|rw, split from the right, so that the host path may hold colons. No two share a container path.
struct MountText {
    bool read(const Spot& spot, Mount& out) const;
    Node write(const Mount& value) const;
};

// The project's mount: the other relative paths then start from it.
struct ProjectMount : MountText {
    bool read(const Spot& spot, Mount& out) const;
};

// The mounts beside the project's and the vendor home's and the cache's.
struct MountList {
    bool read(const Spot& spot, Config& out) const;
    Node write(const Config& value) const;
};

// host, null, or files; fills ca_certificates and ca_files.
struct Certificates {
    bool read(const Spot& spot, Container& out) const;
    Node write(const Container& value) const;
};

}  // namespace isag::config

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/directories.hpp"
#include "common/environment.hpp"
#include "common/error.hpp"
#include <filesystem>
#include <string>
#include <vector>

namespace isag::engine {

// A socket that an engine may listen on, and what named it.
struct Candidate {
    std::string socket;
    std::string origin;  // "DOCKER_HOST", "the docker context 'x'", "the default"
    bool named = true;   // somebody named it: it is the only one
};

// Where to look, in order (architecture.md (2)). `setting` is isagd.yaml's `engine:`: "auto", "unix:///…", "podman".
// One that somebody named is the only one. Failure where what is named can't be used: tcp:// or ssh://, since
// descriptors need one kernel. Reads the docker context files below the home.
Result<std::vector<Candidate>> find_candidates(const std::string& setting, const Environment& environment,
                                               const Directories& directories);

// Where engines listen: the socket that is used, and where Docker, containerd, Podman and CRI-O do by default, for
// everybody and for this person.
std::vector<std::filesystem::path> known_sockets(const std::string& used, const Directories& directories);

}  // namespace isag::engine

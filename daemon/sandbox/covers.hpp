// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/sandbox/mountinfo.hpp"
#include "daemon/sandbox/mounts.hpp"
#include "proto/cover.hpp"
#include "proto/fields.hpp"
#include <string>
#include <vector>

namespace isag::sandbox {

// What hides or protects something of the host's, and has to lie over it as long as the sandbox runs.
struct Covered {
    std::string cover;  // as proto::cover::to_text()
    std::string host;   // what it lies over
    std::string root;   // the person's outermost mount that this is in, on the host
    bool operator==(const Covered&) const = default;
};
template <class F>
void fields(F& f, Covered& m) {
    f("cover", m.cover);
    f("host", m.host);
    f("root", m.root);
}

// Those among the planned mounts (lay_out()): what isag laid there, and a mount of the person's that binds a path onto
// itself, as one does to have it read-only. Pure.
std::vector<Covered> covered_by(const std::vector<BindMount>& planned, const std::vector<BindMount>& persons,
                                const EmptySources& empty);

// Those that do not lie there (any more). Pure.
std::vector<Covered> missing_from(const std::vector<MountPoint>& found, const std::vector<Covered>& covered);

}  // namespace isag::sandbox

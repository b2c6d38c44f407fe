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
    bool operator==(const Covered&) const = default;
};
template <class F>
void fields(F& f, Covered& m) {
    f("cover", m.cover);
    f("host", m.host);
}

// Those among the planned mounts (lay_out()) that are none of the person's own. Pure.
std::vector<Covered> covered_by(const std::vector<BindMount>& planned, const std::vector<BindMount>& persons,
                                const EmptySources& empty);

// Those that do not lie there (any more). Pure.
std::vector<Covered> missing_from(const std::vector<MountPoint>& found, const std::vector<Covered>& covered);

// Those that isag-cover looks for holders of; and the same, to be looked at only. Pure.
std::vector<Covered> read_only_among(const std::vector<Covered>& covered);
Covered to_check(const Covered& covered);

}  // namespace isag::sandbox

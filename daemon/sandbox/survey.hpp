// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/directories.hpp"
#include "daemon/config/config.hpp"
#include "daemon/sandbox/mounts.hpp"
#include "daemon/sandbox/person.hpp"
#include "daemon/sandbox/refusal.hpp"
#include "daemon/sandbox/source.hpp"
#include <string>
#include <vector>

namespace isag::sandbox {

struct SurveyedMount {
    BindMount bind;  // host without links
    Source source;   // held open until the sandbox is verified
};

// What the disk says of a config: everything the plan needs to know that is not in the file.
struct Survey {
    Person agent;
    std::vector<SurveyedMount> mounts;  // project first, then the vendor's home, the cache, the file's mounts
    std::vector<Overlay> overlays;
    Environment env_files;
    std::vector<std::string> notices;
};

// Opens every host path of the config, makes the missing ones that may be made, and checks them all (security.md F1,
// F2, D4). Throws Error with everything that is wrong, a line each, having made nothing that an earlier error forbids.
Survey survey(const config::Config& config, const Refusals& refusals, const Person& daemon);

// Who the agent will be, from the project folder alone. Throws Error where there is no such folder.
Person agent_for(const config::Config& config, const Person& daemon);

}  // namespace isag::sandbox

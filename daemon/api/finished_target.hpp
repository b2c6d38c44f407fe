// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/api/daemon.hpp"
#include "daemon/api/target.hpp"
#include <optional>
#include <string>

namespace isag::api {

// A sandbox that runs, or one that has ended and is remembered. Exactly one of the two is there.
struct AnyTarget {
    SandboxPtr running;
    std::optional<sandbox::Finished> finished;
    const sandbox::Record& record() const { return running ? running->record() : finished->record; }
};

// By its full name, running before ended; else by a prefix, in the same order; else, of isag-NAME (ssh's host), by
// NAME. Throws Error: none, or several run.
AnyTarget any_named(Daemon& daemon, const std::string& name);

// As target_of(); where none runs that fits, the latest that ended does. Throws Error.
AnyTarget any_target(Daemon& daemon, const proto::Target& target);

}  // namespace isag::api

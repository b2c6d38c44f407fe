// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/engine/engine.hpp"
#include "daemon/sandbox/covers.hpp"
#include "daemon/sandbox/plan.hpp"
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace isag::sandbox {

// The container in which isag-cover runs: it may enter the mounts of a sandbox and change them, and has nothing else.
struct CoverContainer {
    std::string image;
    std::string agent;  // the sandbox's container, by its engine id
    pid_t process = 0;  // its first process
    std::string name;
    Identity identity;
    std::filesystem::path program;
    EmptySources empty;
    bool podman = false;
    bool rootless = false;
    std::vector<Covered> lay;
    std::vector<Covered> check;  // too
};

// The body of POST /containers/create.
nlohmann::json cover_spec(const CoverContainer& container);

// Has isag-cover do it, and removes the container. Who could go on as if something were not covered, in isag-cover's
// words; none where nobody could. Throws Error where not everything is laid, or that can't be told.
boost::asio::awaitable<std::optional<std::string>> run_cover(engine::Engine& engine, CoverContainer container);

}  // namespace isag::sandbox

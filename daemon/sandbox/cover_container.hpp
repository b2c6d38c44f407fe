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
#include <vector>

namespace isag::sandbox {

// The container in which isag-cover runs: it may enter the mounts of a sandbox and change them, and has nothing else.
struct CoverContainer {
    std::string image;
    std::string agent;  // the sandbox's container, by its engine id
    std::string name;
    Identity identity;
    std::filesystem::path program;
    EmptySources empty;
    std::vector<Covered> covered;
};

// The body of POST /containers/create.
nlohmann::json cover_spec(const CoverContainer& container);

// Lays those covers and removes the container: who could go on writing below one that is read-only, in isag-cover's
// words; none where nobody could. Throws Error where they do not all lie there then.
boost::asio::awaitable<std::optional<std::string>> run_cover(engine::Engine& engine, CoverContainer container);

}  // namespace isag::sandbox

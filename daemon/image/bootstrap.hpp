// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/environment.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/image/distribution.hpp"
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace isag::image {

// How mmdebstrap is called for this release: a minimal root filesystem as a tar archive on stdout. `keyring` is the
// distribution's, where this host has it.
std::vector<std::string> mmdebstrap_command(const Distribution& distribution, uid_t uid,
                                            const std::string& architecture, const std::string& keyring);

// Where a program is by the environment's PATH.
std::optional<std::filesystem::path> find_program(const std::string& name, const Environment& environment);

// Makes distribution.image() in the engine from the distribution's package mirror. `log` gets what mmdebstrap says.
// Throws Error, which names what to install where something is missing.
boost::asio::awaitable<void> bootstrap(engine::Engine& engine, Distribution distribution, Environment environment,
                                       std::filesystem::path log);

}  // namespace isag::image

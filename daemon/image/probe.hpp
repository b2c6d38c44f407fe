// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/environment.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/image/facts.hpp"
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <optional>
#include <string>

namespace isag::image {

struct ProbeRequest {
    std::string reference;                      // of the base image, for messages
    std::string id;                             // of the base image
    std::string python;                         // X.Y
    Environment environment;                    // for its proxy variables
    std::filesystem::path cache;                // isag's cache folder
    std::map<std::string, std::string> labels;  // of the container: whose leftovers it would be
};

// What an earlier look at this very image found.
std::optional<BaseFacts> kept_facts(const ProbeRequest& request);

// Runs the probe in a throwaway container of the base image, which is gone afterwards, whatever happens. Facts
// that come from the distribution's package lists are kept for kept_facts(). Throws Error.
boost::asio::awaitable<BaseFacts> probe(engine::Engine& engine, ProbeRequest request);

}  // namespace isag::image

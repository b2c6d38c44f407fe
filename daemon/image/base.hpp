// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/directories.hpp"
#include "common/environment.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/image/report.hpp"
#include "daemon/image/turns.hpp"
#include <boost/asio/awaitable.hpp>
#include <string>

namespace isag::image {

struct BaseImage {
    std::string reference;  // for the FROM line: what the config names, or the image that isag made for it
    std::string id;
};

struct BaseRequest {
    std::string reference;  // container.base_image
    bool pull = false;      // ask the registry even where the image is there
    Environment environment;
    Directories directories;
};

// The base image: the engine's own, else the registry's, else, where no registry answers and it is a Debian or Ubuntu
// release, one made with mmdebstrap as isag/base:…. Throws Error.
boost::asio::awaitable<BaseImage> ensure_base(engine::Engine& engine, Turns& turns, BaseRequest request,
                                              Report& report);

}  // namespace isag::image

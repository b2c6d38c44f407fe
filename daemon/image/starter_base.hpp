// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/engine/open.hpp"
#include "daemon/image/report.hpp"
#include <boost/asio/awaitable.hpp>
#include <string>

namespace isag::image {

struct StarterBase {
    std::string image;
    std::string python;
};

// What a new isag.yaml should build on: ubuntu:24.04 with Python 3.12 where that image is present or a registry has it;
// else this host's own distribution with its Python, since that can be made here (Debian, Ubuntu), with a notice.
// Without an engine it is ubuntu:24.04: nothing can be known.
boost::asio::awaitable<StarterBase> starter_base(engine::EngineHolder& engine, Report& report);

// From os-release(5) text: the distribution's image and Python; ubuntu:24.04 for one that isag can't make.
StarterBase host_base(std::string_view os_release);

}  // namespace isag::image

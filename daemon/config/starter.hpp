// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/config/config.hpp"
#include <string>

namespace isag::config {

struct StarterOptions {
    bool extended = false;
    bool gpu = false;
    Vendor vendor = Vendor::claude;
    std::string project = ".";  // as the file shall say it, a dollar sign as itself: ".", "~/code/x", "/srv/x"
    std::string base_image = "ubuntu:24.04";  // with gpu, this and python give way to the CUDA image's
    std::string python = "3.12";
};

// The commented isag.yaml that `isag init` writes (upstream.md's starter, and its --extended and --gpu forms).
std::string starter(const StarterOptions& options);

}  // namespace isag::config

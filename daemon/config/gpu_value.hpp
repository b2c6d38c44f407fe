// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/config/config.hpp"
#include "daemon/config/spot.hpp"

namespace isag::config {

// The kind of value (see values.hpp) of container.gpu: true, false, all, or device ids; fills gpu and gpu_ids.
struct GpuChoice {
    bool read(const Spot& spot, Container& out) const;
    Node write(const Container& value) const;
};

}  // namespace isag::config

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/engine/types.hpp"
#include <nlohmann/json_fwd.hpp>

namespace isag::engine {

// The reply to GET /info, as Docker and Podman give it.
Info info_of(const nlohmann::json& reply);

}  // namespace isag::engine

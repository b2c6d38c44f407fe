// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/config/config.hpp"
#include "daemon/config/section.hpp"

namespace isag::config {

// Every key of isag.yaml, named once: what parse(), to_yaml(), to_json() and "did you mean" work from. A new key is a
// row here, a member of Config, and its rule.
const Section<Config>& all_keys();

}  // namespace isag::config

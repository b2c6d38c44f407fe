// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace isag::config {

// Text as a YAML scalar that reads back as this text: plain where that is safe, else in double quotes.
std::string yaml_scalar(const std::string& text);

}  // namespace isag::config

// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/image/recipe.hpp"
#include <string>

namespace isag::image {

// The Dockerfile of a recipe, for the classic builder as well as BuildKit. Each step is one RUN below a `# step: …`
// comment; steps go from what changes least to what changes most.
std::string render(const Recipe& recipe);

}  // namespace isag::image

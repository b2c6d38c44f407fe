// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdlib>

namespace isag::fuzz {

// What must hold for every input; a fuzzer sees the abort.
inline void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace isag::fuzz

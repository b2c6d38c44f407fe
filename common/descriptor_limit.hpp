// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>

namespace isag {

// Raises this process's limit of descriptors as far as it may (getrlimit(2)), and returns it; 0 where it can't be told.
std::size_t raise_descriptor_limit();

}  // namespace isag
